//! What a canvas knows of its people: by number only. Names live beside the
//! journal.

use std::collections::BTreeMap;

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::cooldown::{Allowance, Cooldown, Millis};
use crate::geometry::{Area, Cell};
use crate::limits::AWARDED_MAX_PIXELS;
use crate::marks::Mark;
use crate::palette::ColorIndex;

/// The number of a team within its canvas; 0 stands for none.
pub type TeamNumber = u8;

/// Whether a seat may draw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It may.
    #[default]
    Active,
    /// Not for now.
    Frozen,
    /// It was sent away.
    Banned,
}

/// What the teacher has decided about a seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Standing {
    /// Its team; 0 for none.
    pub team: TeamNumber,
    /// Whether it may draw.
    pub status: Status,
    /// Whether it belongs to a teacher, whom no rule of drawing holds up.
    pub is_teacher: bool,
}

/// What a placement was paid with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Payment {
    /// A pixel that had grown back.
    Saved,
    /// A pixel that the teacher had given.
    Awarded,
    /// Nothing: a teacher's own.
    Free,
}

/// A seat's last pixel, as long as it can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct LastPixel {
    pub(crate) index: u32,
    pub(crate) color: ColorIndex,
    pub(crate) at_ms: Millis,
    pub(crate) before: Mark,
    pub(crate) payment: Payment,
}

/// What the journal has led to for one seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct SeatState {
    pub(crate) tat: Millis,
    pub(crate) awarded: u16,
    pub(crate) placed: u32,
    pub(crate) standing: Standing,
    pub(crate) last: Option<LastPixel>,
}

impl SeatState {
    /// What the teacher has decided about it.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Pixels placed, without those taken back.
    pub fn placed(&self) -> u32 {
        self.placed
    }

    /// Pixels that were given to it and not used yet.
    pub fn gifts(&self) -> u16 {
        self.awarded
    }

    /// What it may do at `now`: what has grown back, and what was given.
    pub fn allowance(&self, cooldown: Cooldown, now: Millis) -> Allowance {
        let Allowance { saved, next_ms } = cooldown.allowance(self.tat, now);
        Allowance { saved: saved.saturating_add(self.awarded), next_ms }
    }

    /// Pays for a pixel at `now`, with one that has grown back if there is one;
    /// or tells the wait in milliseconds.
    pub(crate) fn pay(&mut self, cooldown: Cooldown, now: Millis) -> Result<Payment, u32> {
        if self.standing.is_teacher {
            return Ok(Payment::Free);
        }
        match cooldown.take(self.tat, now) {
            Ok(tat) => {
                self.tat = tat;
                Ok(Payment::Saved)
            }
            Err(_) if self.awarded > 0 => {
                self.awarded -= 1;
                Ok(Payment::Awarded)
            }
            Err(wait_ms) => Err(wait_ms),
        }
    }

    /// Gives a payment back.
    pub(crate) fn refund(&mut self, payment: Payment, cooldown: Cooldown) {
        match payment {
            Payment::Saved => self.tat = self.tat.saturating_sub(cooldown.interval_ms.into()),
            Payment::Awarded => self.award(1),
            Payment::Free => {}
        }
    }

    /// Takes gifts back that were not used yet.
    pub(crate) fn withdraw(&mut self, pixels: u16) {
        self.awarded = self.awarded.saturating_sub(pixels);
    }

    /// Gives it pixels.
    pub(crate) fn award(&mut self, pixels: u16) {
        self.awarded = self.awarded.saturating_add(pixels).min(AWARDED_MAX_PIXELS);
    }
}

/// What the journal has led to for one team.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Team {
    /// Cells in which nobody else may draw.
    pub region: Option<Area>,
    /// Whether its own people may draw nowhere else.
    pub is_confined: bool,
}

/// All teams that have a rule, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Teams(pub(crate) BTreeMap<TeamNumber, Team>);

impl Teams {
    /// A team's rules.
    pub fn get(&self, number: TeamNumber) -> Team {
        self.0.get(&number).copied().unwrap_or_default()
    }

    /// Whether somebody of a team may draw in a cell, as far as regions go.
    pub fn allow(&self, team: TeamNumber, cell: Cell) -> bool {
        self.0.iter().all(|(number, rules)| match rules.region {
            Some(region) if *number == team => !rules.is_confined || region.contains(cell),
            Some(region) => !region.contains(cell),
            None => true,
        })
    }

    /// The team in whose region a cell lies; the first of several.
    pub fn holder_of(&self, cell: Cell) -> Option<TeamNumber> {
        let holds = |rules: &Team| rules.region.is_some_and(|region| region.contains(cell));
        self.0.iter().find(|(_, rules)| holds(rules)).map(|(number, _)| *number)
    }

    pub(crate) fn set(&mut self, number: TeamNumber, team: Team) {
        if team == Team::default() {
            self.0.remove(&number);
        } else {
            self.0.insert(number, team);
        }
    }
}
