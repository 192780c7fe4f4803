//! What has changed in a classroom and has not been told yet. The clockwork
//! tells it: many changes in a moment are one message.

use std::collections::BTreeSet;

use place_core::SeatNumber;

/// A part of the teachers' desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeskPart {
    /// The people.
    People,
    /// What was reported.
    Reports,
    /// The settings.
    Settings,
}

impl DeskPart {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Reports => "reports",
            Self::Settings => "settings",
        }
    }
}

/// Whether the lesson was told to everybody since the clockwork looked last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Telling {
    #[default]
    Quiet,
    Told,
    /// It was told, and changed again since.
    Waits,
}

/// What waits to be told. At most one note for each seat and part.
#[derive(Debug, Default)]
pub struct Signals {
    lesson: Telling,
    seats: BTreeSet<SeatNumber>,
    desk: BTreeSet<DeskPart>,
}

impl Signals {
    /// Somebody came or went, or is called something else now.
    pub fn note_seat(&mut self, seat: SeatNumber) {
        self.seats.insert(seat);
    }

    /// A part of the desk changed.
    pub fn note_desk(&mut self, part: DeskPart) {
        self.desk.insert(part);
    }

    /// Something that may change many times a second is new in the lesson. Whether
    /// it is to be told at once; else it is told when the clockwork looks.
    pub fn note_lesson(&mut self) -> bool {
        let is_first = self.lesson == Telling::Quiet;
        self.lesson = if is_first { Telling::Told } else { Telling::Waits };
        is_first
    }

    /// Whether the lesson is to be told now.
    pub fn take_lesson(&mut self) -> bool {
        let waits = self.lesson == Telling::Waits;
        self.lesson = if waits { Telling::Told } else { Telling::Quiet };
        waits
    }

    /// Takes up to `most` seats that changed; the others stay.
    pub fn take_seats(&mut self, most: usize) -> Vec<SeatNumber> {
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some(seat) = self.seats.pop_first()
        {
            taken.push(seat);
        }
        taken
    }

    /// Takes the parts of the desk that changed.
    pub fn take_desk(&mut self) -> BTreeSet<DeskPart> {
        std::mem::take(&mut self.desk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_changes_are_one_note_and_none_is_lost() {
        let mut signals = Signals::default();
        for seat in [4, 2, 4, 9, 2] {
            signals.note_seat(seat);
        }
        assert_eq!(signals.take_seats(2), [2, 4]);
        signals.note_seat(2);
        assert_eq!(signals.take_seats(10), [2, 9]);
        assert!(signals.take_seats(10).is_empty());
        signals.note_desk(DeskPart::Reports);
        signals.note_desk(DeskPart::Reports);
        assert_eq!(signals.take_desk().into_iter().collect::<Vec<_>>(), [DeskPart::Reports]);
        assert!(signals.take_desk().is_empty());
    }

    #[test]
    fn the_lesson_is_told_at_once_and_then_once_a_look() {
        let mut signals = Signals::default();
        assert!(!signals.take_lesson());
        assert!(signals.note_lesson());
        assert!(!signals.note_lesson());
        assert!(!signals.note_lesson());
        assert!(signals.take_lesson());
        assert!(!signals.note_lesson(), "it was told a moment ago");
        assert!(signals.take_lesson());
        assert!(!signals.take_lesson());
        assert!(signals.note_lesson());
    }
}
