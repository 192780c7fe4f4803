//! Who is at the other end of a connection.

use place_core::{SeatNumber, TeacherNumber, TeamNumber};

use crate::sequencer::{Audience, Present};

/// Who is at the other end; it does not change while the connection lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Who {
    /// The seat, if there is one.
    pub(super) seat: Option<SeatNumber>,
    /// The teacher, if it is one of the canvas's.
    pub(super) teacher: Option<TeacherNumber>,
    /// Whether the seat is a program's.
    pub(super) is_bot: bool,
    /// Whether it is a teacher's projector.
    pub(super) is_projector: bool,
}

impl Who {
    /// What the connection counts as among those who are here.
    pub(super) fn present(self) -> Present {
        match self.seat {
            Some(seat) if self.is_bot => Present::Bot(seat),
            Some(seat) => Present::Person(seat),
            None if self.teacher.is_some() || self.is_projector => Present::Desk,
            None => Present::Onlooker,
        }
    }

    /// Whether something that is meant for an audience is meant for this one.
    pub(super) fn is_in(
        self,
        audience: &Audience,
        team_of: impl Fn(SeatNumber) -> TeamNumber,
    ) -> bool {
        let is_teacher = self.teacher.is_some();
        match audience {
            Audience::Everyone => true,
            Audience::Seated => is_teacher || self.seat.is_some(),
            Audience::Team(team) => {
                is_teacher || self.seat.is_some_and(|seat| team_of(seat) == *team)
            }
            Audience::Seat(seat) => self.seat == Some(*seat),
            Audience::Seats(seats) => self.seat.is_some_and(|seat| seats.contains(&seat)),
            Audience::Onlookers => !is_teacher && self.seat.is_none(),
            Audience::Strangers => !is_teacher && self.seat.is_none() && !self.is_projector,
            Audience::Students => !is_teacher && self.seat.is_some(),
            Audience::Teachers => is_teacher,
            Audience::TeachersBut(kept) => {
                self.teacher.is_some_and(|number| number != 0 && !kept.contains(&number))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_people_with_a_seat_count_as_people() {
        let who = |seat, teacher, is_bot, is_projector| {
            Who { seat, teacher, is_bot, is_projector }.present()
        };
        assert_eq!(who(Some(1), None, false, false), Present::Person(1));
        assert_eq!(who(Some(2), Some(7), false, false), Present::Person(2));
        assert_eq!(who(Some(3), None, true, false), Present::Bot(3));
        assert_eq!(who(None, Some(7), false, false), Present::Desk);
        assert_eq!(who(None, None, false, true), Present::Desk);
        assert_eq!(who(None, None, false, false), Present::Onlooker);
    }

    #[test]
    fn everybody_hears_what_is_meant_for_them() {
        let someone = |seat, teacher| Who { seat, teacher, ..Who::default() };
        let (student, teacher) = (someone(Some(1), None), someone(Some(2), Some(7)));
        let (desk, onlooker) = (someone(None, Some(7)), someone(None, None));
        // Seat 1 is in team 1, seat 2 in none.
        let team_of = |seat| u8::from(seat == 1);
        let table = [
            (Audience::Everyone, [true, true, true, true]),
            (Audience::Seated, [true, true, true, false]),
            (Audience::Team(1), [true, true, true, false]),
            (Audience::Team(2), [false, true, true, false]),
            (Audience::Seat(1), [true, false, false, false]),
            (Audience::Seats([2, 3].into()), [false, true, false, false]),
            (Audience::Onlookers, [false, false, false, true]),
            (Audience::Students, [true, false, false, false]),
            (Audience::Teachers, [false, true, true, false]),
            (Audience::TeachersBut([7].into()), [false; 4]),
            (Audience::TeachersBut([8].into()), [false, true, true, false]),
            (Audience::Strangers, [false, false, false, true]),
        ];
        for (audience, expected) in table {
            let heard = [student, teacher, desk, onlooker].map(|who| who.is_in(&audience, team_of));
            assert_eq!(heard, expected, "{audience:?}");
        }
        let projector = Who { is_projector: true, ..onlooker };
        assert!(projector.is_in(&Audience::Onlookers, team_of), "the curtain falls for it");
        assert!(!projector.is_in(&Audience::Strangers, team_of));
        assert!(!someone(None, Some(0)).is_in(&Audience::TeachersBut([].into()), team_of));
    }
}
