//! Whether something is allowed, and what comes of it. The one place where the
//! rules of drawing are judged: for live wishes and for the fold alike.

use crate::canvas::Proposal;
use crate::cooldown::Millis;
use crate::entry::SeatNumber;
use crate::geometry::{Cell, Size};
use crate::limits::SEATS_MAX;
use crate::marks::Mark;
use crate::palette::ColorIndex;
use crate::people::{LastPixel, SeatState, Status};
use crate::rules::{Mode, Reason, Refusal, Rules};

/// What the rules look at: a canvas, or one with a batch in the making on top.
pub(crate) trait View {
    fn size(&self) -> Size;
    fn has_color(&self, color: ColorIndex) -> bool;
    fn rules(&self) -> Rules;
    fn seat(&self, seat: SeatNumber) -> SeatState;
    fn mark(&self, index: u32) -> Mark;
    fn is_protected(&self, index: u32) -> bool;
    fn allows_team(&self, team: u8, cell: Cell) -> bool;
}

/// What comes of something that was allowed: one cell and one seat.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) index: u32,
    pub(crate) mark: Mark,
    pub(crate) seat: SeatState,
}

/// Judges a placement at `now`.
pub(crate) fn place(
    view: &impl View,
    proposal: &Proposal,
    now: Millis,
) -> Result<Outcome, Refusal> {
    let Proposal { seat: number, cell, color } = *proposal;
    let index = view.size().index(cell).ok_or(Reason::OutOfBounds)?;
    if !view.has_color(color) {
        return Err(Reason::UnknownColor.into());
    }
    if !(1..=SEATS_MAX).contains(&number) {
        return Err(Reason::NoSeat.into());
    }
    let rules = view.rules();
    let mut seat = view.seat(number);
    may_draw(rules.mode, &seat)?;
    if !seat.standing.is_teacher {
        if view.is_protected(index) {
            return Err(Reason::Protected.into());
        }
        if !view.allows_team(seat.standing.team, cell) {
            return Err(Reason::Region.into());
        }
    }
    let payment = seat
        .pay(rules.cooldown(), now)
        .map_err(|wait_ms| Refusal { reason: Reason::Cooldown, wait_ms })?;
    seat.placed = seat.placed.saturating_add(1);
    let before = view.mark(index);
    seat.last = Some(LastPixel { index, color, at_ms: now, before, payment });
    Ok(Outcome { index, mark: Mark { color, owner: number }, seat })
}

/// Judges a seat's wish at `now` to take its last pixel back.
pub(crate) fn undo(view: &impl View, number: SeatNumber, now: Millis) -> Result<Outcome, Refusal> {
    let rules = view.rules();
    let mut seat = view.seat(number);
    may_draw(rules.mode, &seat)?;
    let last = seat.last.take().ok_or(Reason::NothingToUndo)?;
    if rules.undo_ms == 0 || now.saturating_sub(last.at_ms) > rules.undo_ms.into() {
        return Err(Reason::TooLate.into());
    }
    if view.mark(last.index) != (Mark { color: last.color, owner: number }) {
        return Err(Reason::DrawnOver.into());
    }
    if view.is_protected(last.index) && !seat.standing.is_teacher {
        return Err(Reason::Protected.into());
    }
    seat.refund(last.payment, rules.cooldown());
    seat.placed = seat.placed.saturating_sub(1);
    Ok(Outcome { index: last.index, mark: last.before, seat })
}

fn may_draw(mode: Mode, seat: &SeatState) -> Result<(), Reason> {
    match seat.standing.status {
        Status::Active => {}
        Status::Frozen => return Err(Reason::SeatFrozen),
        Status::Banned => return Err(Reason::Banned),
    }
    match mode {
        _ if seat.standing.is_teacher => Ok(()),
        Mode::Open => Ok(()),
        Mode::Frozen => Err(Reason::Frozen),
        Mode::Closed => Err(Reason::Closed),
    }
}
