//! A canvas: the fold of its journal.

use foldhash::fast::FixedState;

use crate::cooldown::{Allowance, Millis};
use crate::entry::{Batch, Entry, SeatNumber, Seq};
use crate::geometry::{Cell, Size};
use crate::palette::{ColorIndex, Palette};
use crate::rules::{Mode, Reason, Refusal, Rules};

/// Per-seat cooldowns. The hasher is seeded with a constant: seat numbers are
/// given by the server, nobody can choose them to collide.
#[expect(clippy::disallowed_types, reason = "fast, and with a fixed hasher")]
pub(crate) type Tats = std::collections::HashMap<SeatNumber, Millis, FixedState>;

/// Somebody's wish to set a cell to a color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who.
    pub seat: SeatNumber,
    /// Where.
    pub cell: Cell,
    /// Which color.
    pub color: ColorIndex,
}

/// The state of a canvas after everything through its seq.
///
/// [`Canvas::apply`] is the only function that changes it: for live writes, at
/// boot, for exports and for checks alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canvas {
    pub(crate) seq: Seq,
    pub(crate) at_ms: Millis,
    pub(crate) size: Size,
    pub(crate) palette: Palette,
    pub(crate) rules: Rules,
    pub(crate) cells: Vec<ColorIndex>,
    pub(crate) tats: Tats,
}

/// An entry that does not follow from the state: the journal is damaged, or
/// was not written by these rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// A seq was skipped or came twice.
    #[error("the batch starts at seq {found}, but {expected} is next")]
    Order {
        /// The seq that would have followed.
        expected: Seq,
        /// The seq that came.
        found: Seq,
    },
    /// Time ran backwards.
    #[error("the batch at seq {0} is dated before the one ahead of it")]
    Time(Seq),
    /// The journal does not begin with `Create`, or has a second one.
    #[error("the entry at seq {0} is out of place: a canvas is created once, at seq 1")]
    Create(Seq),
    /// A placement that the rules would have refused.
    #[error("the placement at seq {seq} breaks a rule: {}", reason.name())]
    Refused {
        /// Its seq.
        seq: Seq,
        /// The rule.
        reason: Reason,
    },
    /// Rules outside their ranges.
    #[error("the rules at seq {0} are out of range")]
    Rules(Seq),
    /// A batch without entries.
    #[error("the batch at seq {0} is empty")]
    Empty(Seq),
}

impl Canvas {
    /// The batch that begins a canvas.
    pub fn genesis(size: Size, palette: Palette, rules: Rules, at_ms: Millis) -> Batch {
        Batch { first_seq: 1, at_ms, entries: vec![Entry::Create { size, palette, rules }] }
    }

    /// The canvas that a journal's first batch begins.
    pub fn begin(genesis: &Batch) -> Result<Self, FoldError> {
        match genesis.entries.as_slice() {
            [Entry::Create { size, palette, rules }] if genesis.first_seq == 1 => Ok(Self {
                seq: 1,
                at_ms: genesis.at_ms,
                size: *size,
                palette: palette.clone(),
                rules: rules.checked().map_err(|_| FoldError::Rules(1))?,
                cells: vec![0; size.cells()],
                tats: Tats::default(),
            }),
            _ => Err(FoldError::Create(genesis.first_seq)),
        }
    }

    /// Folds a batch into the state. On an error the state is what it was
    /// after the last good entry, and must not be used further.
    pub fn apply(&mut self, batch: &Batch) -> Result<(), FoldError> {
        let expected = self.seq + 1;
        if batch.first_seq != expected {
            return Err(FoldError::Order { expected, found: batch.first_seq });
        }
        if batch.entries.is_empty() {
            return Err(FoldError::Empty(batch.first_seq));
        }
        if batch.at_ms < self.at_ms {
            return Err(FoldError::Time(batch.first_seq));
        }
        self.at_ms = batch.at_ms;
        for entry in &batch.entries {
            self.apply_entry(entry)?;
        }
        Ok(())
    }

    fn apply_entry(&mut self, entry: &Entry) -> Result<(), FoldError> {
        let seq = self.seq + 1;
        match entry {
            Entry::Create { .. } => return Err(FoldError::Create(seq)),
            Entry::Place { seat, cell, color } => {
                let proposal = Proposal { seat: *seat, cell: *cell, color: *color };
                let tat = self.tat(*seat);
                let (index, tat) = self
                    .judge(&proposal, self.rules, tat, self.at_ms)
                    .map_err(|refusal| FoldError::Refused { seq, reason: refusal.reason })?;
                self.cells[index as usize] = *color;
                self.tats.insert(*seat, tat);
            }
            Entry::SetRules(rules) => {
                self.rules = rules.checked().map_err(|_| FoldError::Rules(seq))?;
                let furthest = self.rules.cooldown().furthest_tat(self.at_ms);
                self.tats.values_mut().for_each(|tat| *tat = furthest.min(*tat));
            }
        }
        self.seq = seq;
        Ok(())
    }

    /// Whether a placement is allowed under `rules` at `now` for a seat with
    /// this TAT: the cell's index and the TAT afterwards. The one place where
    /// the rules are judged, for live proposals and for the fold.
    pub(crate) fn judge(
        &self,
        proposal: &Proposal,
        rules: Rules,
        tat: Millis,
        now: Millis,
    ) -> Result<(u32, Millis), Refusal> {
        let index = self.size.index(proposal.cell).ok_or(Reason::OutOfBounds)?;
        if !self.palette.contains(proposal.color) {
            return Err(Reason::UnknownColor.into());
        }
        match rules.mode {
            Mode::Open => {}
            Mode::Frozen => return Err(Reason::Frozen.into()),
            Mode::Closed => return Err(Reason::Closed.into()),
        }
        let tat = rules
            .cooldown()
            .take(tat, now)
            .map_err(|wait_ms| Refusal { reason: Reason::Cooldown, wait_ms })?;
        Ok((index, tat))
    }

    /// The seq of the last entry folded in.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// When the last entry happened, in milliseconds since the Unix epoch.
    pub fn at_ms(&self) -> Millis {
        self.at_ms
    }

    /// Width and height.
    pub fn size(&self) -> Size {
        self.size
    }

    /// The colors.
    pub fn palette(&self) -> &Palette {
        &self.palette
    }

    /// The rules in force.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// All cells, row by row from the top.
    pub fn cells(&self) -> &[ColorIndex] {
        &self.cells
    }

    /// The color of a cell; `None` outside.
    pub fn color_at(&self, cell: Cell) -> Option<ColorIndex> {
        self.size.index(cell).map(|index| self.cells[index as usize])
    }

    /// What a seat may do at `now`.
    pub fn allowance(&self, seat: SeatNumber, now: Millis) -> Allowance {
        self.rules.cooldown().allowance(self.tat(seat), now)
    }

    pub(crate) fn tat(&self, seat: SeatNumber) -> Millis {
        self.tats.get(&seat).copied().unwrap_or(0)
    }
}
