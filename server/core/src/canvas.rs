//! A canvas: the fold of its journal.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::cooldown::{Allowance, Millis};
use crate::entry::{Batch, Entry, SeatNumber, Seq};
use crate::geometry::{Area, Cell, Size};
use crate::judge::{self, Outcome, View};
use crate::limits::SEATS_MAX;
use crate::marks::{Mark, Marks};
use crate::palette::{ColorIndex, Palette};
use crate::patch::Span;
use crate::people::{LastPixel, SeatState, Standing, Team, TeamNumber, Teams};
use crate::rules::{Reason, Refusal, Rules};

/// The state of each seat. The hasher is seeded with a constant: seat numbers
/// are given by the server, nobody can choose them to collide.
#[expect(clippy::disallowed_types, reason = "fast, and with a fixed hasher")]
pub(crate) type Seats = std::collections::HashMap<SeatNumber, SeatState, FixedState>;

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
    pub(crate) marks: Marks,
    pub(crate) protected: Protected,
    pub(crate) teams: Teams,
    pub(crate) seats: Seats,
}

/// Which cells are protected: none, or a bit for each. Copies of a canvas share
/// it until one of them changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protected(pub(crate) Arc<Vec<u64>>);

impl Protected {
    /// Areas that are made of exactly these cells, which are those of a canvas
    /// of this size. Looks at each cell of the canvas, unless none is protected.
    pub fn areas(&self, size: Size) -> Vec<Area> {
        if self.is_empty() {
            return Vec::new();
        }
        Area::cover(size, |index| self.contains(index))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, index: u32) -> bool {
        let word = self.0.get(index as usize / 64).copied().unwrap_or(0);
        word >> (index % 64) & 1 == 1
    }

    pub(crate) fn set(&mut self, area: Area, size: Size, on: bool) {
        let words = Arc::make_mut(&mut self.0);
        words.resize(size.cells().div_ceil(64), 0);
        for index in area.indices(size) {
            let (word, bit) = (&mut words[index as usize / 64], 1 << (index % 64));
            *word = if on { *word | bit } else { *word & !bit };
        }
        if words.iter().all(|word| *word == 0) {
            *words = Vec::new();
        }
    }
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
    /// A placement, or its taking back, that the rules would have refused.
    #[error("the entry at seq {seq} breaks a rule: {}", reason.name())]
    Refused {
        /// Its seq.
        seq: Seq,
        /// The rule.
        reason: Reason,
    },
    /// Rules outside their ranges.
    #[error("the rules at seq {0} are out of range")]
    Rules(Seq),
    /// A pixel taken back that leaves something else than what was there.
    #[error("the pixel taken back at seq {0} was another")]
    Undo(Seq),
    /// A decision about a cell, a seat or a team that there can't be.
    #[error("the entry at seq {0} is about something that can't be")]
    Decree(Seq),
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
                marks: Marks::empty(*size),
                protected: Protected::default(),
                teams: Teams::default(),
                seats: Seats::default(),
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
        for entry in &batch.entries {
            self.follow_entry(entry, batch.at_ms)?;
        }
        Ok(())
    }

    /// Folds one entry of a batch at `at_ms` that follows from the state.
    pub(crate) fn follow_entry(&mut self, entry: &Entry, at_ms: Millis) -> Result<(), FoldError> {
        self.at_ms = at_ms;
        self.apply_entry(entry)
    }

    fn apply_entry(&mut self, entry: &Entry) -> Result<(), FoldError> {
        let seq = self.seq + 1;
        let refused = |refusal: Refusal| FoldError::Refused { seq, reason: refusal.reason };
        match entry {
            Entry::Create { .. } => return Err(FoldError::Create(seq)),
            Entry::Place { seat, cell, color } => {
                let proposal = Proposal { seat: *seat, cell: *cell, color: *color };
                let outcome = judge::place(self, &proposal, self.at_ms).map_err(refused)?;
                self.settle(*seat, outcome);
            }
            Entry::Undo { seat, cell, mark } => {
                let outcome = judge::undo(self, *seat, self.at_ms).map_err(refused)?;
                if self.size.index(*cell) != Some(outcome.index) || *mark != outcome.mark {
                    return Err(FoldError::Undo(seq));
                }
                self.settle(*seat, outcome);
            }
            Entry::SetRules { rules, .. } => {
                self.rules = rules.checked().map_err(|_| FoldError::Rules(seq))?;
                let furthest = self.rules.cooldown().furthest_tat(self.at_ms);
                self.seats.values_mut().for_each(|seat| seat.tat = furthest.min(seat.tat));
            }
            decree => self.obey(decree).ok_or(FoldError::Decree(seq))?,
        }
        self.seq = seq;
        Ok(())
    }

    fn settle(&mut self, number: SeatNumber, outcome: Outcome) {
        self.marks.set(outcome.index, outcome.mark);
        self.seats.insert(number, outcome.seat);
    }

    /// Whether a teacher's decision names only what there can be.
    pub(crate) fn can_obey(&self, decree: &Entry) -> bool {
        let is_seat = |number: &SeatNumber| (1..=SEATS_MAX).contains(number);
        match decree {
            Entry::Patch { patch, .. } => patch.fits(self.size, self.palette.len()),
            Entry::Protect { area, .. } => area.fits(self.size),
            Entry::SetSeat { seat, .. } => is_seat(seat),
            Entry::SetTeam { team, rules, .. } => {
                *team != 0 && rules.region.is_none_or(|region| region.fits(self.size))
            }
            Entry::Award { seats, .. } | Entry::Withdraw { seats, .. } => seats.iter().all(is_seat),
            Entry::SetRules { rules, .. } => rules.checked().is_ok(),
            Entry::Create { .. } | Entry::Place { .. } | Entry::Undo { .. } => false,
        }
    }

    /// Lets a teacher's decision happen; `None` if it can't be.
    fn obey(&mut self, decree: &Entry) -> Option<()> {
        if !self.can_obey(decree) {
            return None;
        }
        match decree {
            Entry::Patch { patch, .. } => {
                for Span { start, length, mark } in patch.spans() {
                    self.marks.fill(*start, *length, *mark);
                }
            }
            Entry::Protect { area, on, .. } => self.protected.set(*area, self.size, *on),
            Entry::SetSeat { seat, standing, .. } => self.seat_mut(*seat).standing = *standing,
            Entry::SetTeam { team, rules, .. } => self.teams.set(*team, *rules),
            Entry::Award { seats, pixels, .. } => {
                for seat in seats {
                    self.seat_mut(*seat).award(*pixels);
                }
            }
            Entry::Withdraw { seats, pixels, .. } => {
                for seat in seats {
                    self.seat_mut(*seat).withdraw(*pixels);
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// Each seat's last pixel, in no order.
    #[expect(clippy::disallowed_methods, reason = "whoever asks sorts them")]
    pub(crate) fn last_pixels(&self) -> impl Iterator<Item = (SeatNumber, LastPixel)> {
        self.seats.iter().filter_map(|(number, seat)| Some((*number, seat.last?)))
    }

    /// What was decided about each seat, in their order.
    pub(crate) fn standings(&self) -> impl Iterator<Item = (SeatNumber, Standing)> {
        #[expect(clippy::disallowed_methods, reason = "sorted right below")]
        let seats = self.seats.iter().map(|(number, seat)| (*number, seat.standing));
        seats.collect::<BTreeMap<_, _>>().into_iter()
    }

    fn seat_mut(&mut self, number: SeatNumber) -> &mut SeatState {
        self.seats.entry(number).or_default()
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
        self.marks.colors()
    }

    /// What stands in each cell.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Whether a cell is protected.
    pub fn protects(&self, cell: Cell) -> bool {
        self.size.index(cell).is_some_and(|index| self.protected.contains(index))
    }

    /// Which cells are protected.
    pub fn protected(&self) -> Protected {
        self.protected.clone()
    }

    /// A team's rules.
    pub fn team(&self, number: TeamNumber) -> Team {
        self.teams.get(number)
    }

    /// The team in whose region a cell lies.
    pub fn region_of(&self, cell: Cell) -> Option<TeamNumber> {
        self.teams.holder_of(cell)
    }

    /// What the journal has led to for a seat.
    pub fn seat(&self, number: SeatNumber) -> SeatState {
        self.seats.get(&number).copied().unwrap_or_default()
    }

    /// The color of a cell; `None` outside.
    pub fn color_at(&self, cell: Cell) -> Option<ColorIndex> {
        self.size.index(cell).map(|index| self.marks.colors[index as usize])
    }

    /// What a seat may do at `now`.
    pub fn allowance(&self, seat: SeatNumber, now: Millis) -> Allowance {
        self.seat(seat).allowance(self.rules.cooldown(), now)
    }
}

impl View for Canvas {
    fn size(&self) -> Size {
        self.size
    }

    fn has_color(&self, color: ColorIndex) -> bool {
        self.palette.contains(color)
    }

    fn rules(&self) -> Rules {
        self.rules
    }

    fn seat(&self, seat: SeatNumber) -> SeatState {
        Self::seat(self, seat)
    }

    fn mark(&self, index: u32) -> Mark {
        self.marks.at(index)
    }

    fn is_protected(&self, index: u32) -> bool {
        self.protected.contains(index)
    }

    fn allows_team(&self, team: TeamNumber, cell: Cell) -> bool {
        self.teams.allow(team, cell)
    }
}
