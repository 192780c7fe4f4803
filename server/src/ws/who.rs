//! Who is at the other end of a connection.

use place_core::{SeatNumber, TeacherNumber, TeamNumber};

use crate::sequencer::Audience;

/// Who is at the other end; it does not change while the connection lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Who {
    /// The seat, if there is one.
    pub(super) seat: Option<SeatNumber>,
    /// The teacher, if it is one of the canvas's.
    pub(super) teacher: Option<TeacherNumber>,
}

impl Who {
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
            Audience::Students => !is_teacher && self.seat.is_some(),
            Audience::Teachers => is_teacher,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_hears_what_is_meant_for_them() {
        let someone = |seat, teacher| Who { seat, teacher };
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
        ];
        for (audience, expected) in table {
            let heard = [student, teacher, desk, onlooker].map(|who| who.is_in(&audience, team_of));
            assert_eq!(heard, expected, "{audience:?}");
        }
    }
}
