//! Whose each student's bot is, and what a decision about a student means for it.

use std::collections::BTreeMap;

use place_core::{Canvas, Entry, SeatNumber, Standing};

/// The bots of a canvas's students, each with its student. As many as seats at
/// most: those that were forgotten are not here.
#[derive(Debug, Default)]
pub struct Bots(BTreeMap<SeatNumber, SeatNumber>);

impl Bots {
    /// Those that there are: bots, and whose they are.
    pub fn new(bots: impl IntoIterator<Item = (SeatNumber, SeatNumber)>) -> Self {
        Self(bots.into_iter().collect())
    }

    /// A student has a bot from now on.
    pub fn add(&mut self, bot: SeatNumber, student: SeatNumber) {
        self.0.insert(bot, student);
    }

    /// A seat is a bot's no more.
    pub fn remove(&mut self, bot: SeatNumber) {
        self.0.remove(&bot);
    }

    /// The bots of a student.
    pub fn of(&self, student: SeatNumber) -> Vec<SeatNumber> {
        self.0.iter().filter(|(_, owner)| **owner == student).map(|(bot, _)| *bot).collect()
    }

    /// The bots of all students.
    pub fn all(&self) -> Vec<SeatNumber> {
        self.0.keys().copied().collect()
    }

    /// Decisions, and behind them what they mean for bots: whatever changes for a
    /// student changes for the student's bot in the same batch. What is decided
    /// about a bot itself counts for it.
    pub fn follow(&self, canvas: &Canvas, mut decisions: Vec<Entry>) -> Vec<Entry> {
        if self.0.is_empty() {
            return decisions;
        }
        let decided: BTreeMap<SeatNumber, Entry> = decisions.iter().filter_map(about).collect();
        for (bot, student) in &self.0 {
            if let Some(Entry::SetSeat { teacher, standing, .. }) = decided.get(student)
                && !decided.contains_key(bot)
            {
                let before = canvas.seat(*student).standing();
                let now = canvas.seat(*bot).standing();
                let next = followed(now, before, *standing);
                if next != now {
                    let teacher = *teacher;
                    decisions.push(Entry::SetSeat { teacher, seat: *bot, standing: next });
                }
            }
        }
        decisions
    }
}

/// The seat that a decision is about, if it is about one's standing.
fn about(decision: &Entry) -> Option<(SeatNumber, Entry)> {
    match decision {
        Entry::SetSeat { seat, .. } => Some((*seat, decision.clone())),
        _ => None,
    }
}

/// What becomes of a bot's standing when its student's changes: only what is
/// another one for the student.
fn followed(bot: Standing, before: Standing, after: Standing) -> Standing {
    Standing {
        team: if after.team == before.team { bot.team } else { after.team },
        status: if after.status == before.status { bot.status } else { after.status },
        is_teacher: false,
    }
}

#[cfg(test)]
mod tests {
    use place_core::{Mode, Palette, Rules, Size, Status};

    use super::*;

    fn canvas() -> Canvas {
        let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
        let palette = Palette::parse("ffffff\n000000\n").expect("two colors");
        let size = Size::new(16, 16).expect("within the limits");
        Canvas::begin(&Canvas::genesis(size, palette, rules, 1)).expect("begins")
    }

    fn seat(seat: SeatNumber, team: u8, status: Status) -> Entry {
        Entry::SetSeat { teacher: 7, seat, standing: Standing { team, status, is_teacher: false } }
    }

    #[test]
    fn a_bot_gets_what_changes_for_its_student_and_keeps_the_rest() {
        let canvas = canvas();
        let bots = Bots::new([(5, 1), (6, 2)]);
        let freeze = seat(1, 0, Status::Frozen);
        let with_the_bot = vec![freeze.clone(), seat(5, 0, Status::Frozen)];
        assert_eq!(bots.follow(&canvas, vec![freeze.clone()]), with_the_bot);
        assert_eq!(
            bots.follow(&canvas, with_the_bot.clone()),
            with_the_bot,
            "nothing is said twice"
        );
        let teamed = bots.follow(&canvas, vec![seat(2, 3, Status::Active)]);
        assert_eq!(teamed[1..], [seat(6, 3, Status::Active)]);
        let other = vec![freeze, seat(5, 2, Status::Active)];
        assert_eq!(bots.follow(&canvas, other.clone()), other, "what is decided about the bot");
        let nobody = vec![seat(3, 1, Status::Banned)];
        assert_eq!(bots.follow(&canvas, nobody.clone()), nobody);
        assert_eq!(bots.follow(&canvas, Vec::new()), []);
    }

    #[test]
    fn a_bot_s_own_standing_stays_where_its_student_s_does_not_change() {
        let stands = |team, status| Standing { team, status, is_teacher: false };
        let (active, frozen) = (stands(0, Status::Active), stands(0, Status::Frozen));
        assert_eq!(followed(frozen, active, stands(2, Status::Active)), stands(2, Status::Frozen));
        assert_eq!(followed(stands(4, Status::Active), active, frozen), stands(4, Status::Frozen));
    }
}
