//! Who is connected to a canvas.

use std::collections::HashMap;

use place_core::SeatNumber;

/// What a connection counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// A person with a seat.
    Person(SeatNumber),
    /// A program with a seat.
    Bot(SeatNumber),
    /// Somebody who only looks.
    Onlooker,
    /// A teacher's page without a seat, or a projector.
    Desk,
}

/// The connections of a canvas. Several tabs of one seat are one person.
#[derive(Debug, Default)]
pub(super) struct Presence {
    /// Connections of each seat, and whether it is a bot's.
    seats: HashMap<SeatNumber, (u32, bool)>,
    bots: u32,
    onlookers: u32,
    desks: u32,
}

impl Presence {
    /// Counts a connection in; gives the seat that was empty before.
    pub(super) fn enter(&mut self, who: Present) -> Option<SeatNumber> {
        let (seat, is_bot) = match who {
            Present::Person(seat) => (seat, false),
            Present::Bot(seat) => (seat, true),
            Present::Onlooker => {
                self.onlookers += 1;
                return None;
            }
            Present::Desk => {
                self.desks += 1;
                return None;
            }
        };
        let (connections, _) = self.seats.entry(seat).or_insert((0, is_bot));
        *connections += 1;
        let is_first = *connections == 1;
        self.bots += u32::from(is_first && is_bot);
        is_first.then_some(seat)
    }

    /// Counts a connection out; gives the seat that is empty now.
    pub(super) fn leave(&mut self, who: Present) -> Option<SeatNumber> {
        let seat = match who {
            Present::Person(seat) | Present::Bot(seat) => seat,
            Present::Onlooker => {
                self.onlookers -= 1;
                return None;
            }
            Present::Desk => {
                self.desks -= 1;
                return None;
            }
        };
        let (connections, is_bot) = self.seats.get_mut(&seat)?;
        *connections -= 1;
        if *connections > 0 {
            return None;
        }
        self.bots -= u32::from(*is_bot);
        self.seats.remove(&seat);
        Some(seat)
    }

    /// The seats that somebody sits in.
    pub(super) fn seats(&self) -> Vec<SeatNumber> {
        self.seats.keys().copied().collect()
    }

    /// Whether somebody sits in a seat.
    pub(super) fn has(&self, seat: SeatNumber) -> bool {
        self.seats.contains_key(&seat)
    }

    /// People with a seat.
    pub(super) fn people(&self) -> u32 {
        self.seats.len() as u32 - self.bots
    }

    /// People without one who are no teachers.
    pub(super) fn onlookers(&self) -> u32 {
        self.onlookers
    }

    /// Whoever watches.
    pub(super) fn viewers(&self) -> u32 {
        self.seats.len() as u32 + self.onlookers + self.desks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_one_however_many_tabs_and_the_others_are_none() {
        let mut presence = Presence::default();
        let counts =
            |presence: &Presence| (presence.people(), presence.onlookers(), presence.viewers());
        assert_eq!(presence.enter(Present::Person(1)), Some(1));
        assert_eq!(presence.enter(Present::Person(1)), None);
        assert_eq!(presence.enter(Present::Bot(2)), Some(2));
        assert_eq!(presence.enter(Present::Onlooker), None);
        assert_eq!(presence.enter(Present::Desk), None);
        assert_eq!(counts(&presence), (1, 1, 4));
        assert_eq!(presence.leave(Present::Person(1)), None);
        assert_eq!(counts(&presence), (1, 1, 4));
        assert_eq!(presence.leave(Present::Person(1)), Some(1));
        assert!(!presence.has(1) && presence.has(2));
        assert_eq!(presence.leave(Present::Desk), None);
        assert_eq!(presence.leave(Present::Onlooker), None);
        assert_eq!(counts(&presence), (0, 0, 1));
        assert_eq!(presence.leave(Present::Bot(2)), Some(2));
        assert_eq!(counts(&presence), (0, 0, 0));
    }
}
