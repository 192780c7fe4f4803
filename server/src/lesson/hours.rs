//! Opening and closing by the hours.

use std::sync::Arc;

use place_core::Mode;
use place_core::cooldown::Millis;
use place_core::sequencer::RulesChange;
use place_core::wire::text::ServerText;

use super::LessonError;
use crate::classroom::{CanvasSettings, HoursState, NextHours};
use crate::sequencer::{Audience, LiveCanvas};
use crate::store::Store;

/// Time after which hours are worked out anew though nothing has changed, in
/// milliseconds: the machine's clock may have been set.
const KEPT_MS: Millis = 60_000;

/// What the hours of a canvas say, worked out and kept for a while.
#[derive(Debug, Default)]
pub(super) struct KnownHours(Option<Known>);

#[derive(Debug)]
struct Known {
    settings: Arc<CanvasSettings>,
    at_ms: Millis,
    state: Option<HoursState>,
}

impl KnownHours {
    /// What they say at `now`; `None` for a canvas without hours.
    fn at(&mut self, settings: &Arc<CanvasSettings>, now: Millis) -> Option<HoursState> {
        if let Some(known) = &self.0
            && Arc::ptr_eq(&known.settings, settings)
            && (known.at_ms..known.at_ms + KEPT_MS).contains(&now)
            && known.state.is_none_or(|state| state.until_ms.is_none_or(|until| now < until))
        {
            return known.state;
        }
        let state = settings.hours.as_ref().and_then(|hours| hours.at(now));
        self.0 = Some(Known { settings: Arc::clone(settings), at_ms: now, state });
        state
    }
}

/// What is to be done at a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Boundary {
    /// When it was.
    at_ms: Millis,
    /// The mode to change to; `None` if it is fine as it is.
    mode: Option<Mode>,
}

/// The last boundary, if nothing was done about it yet: each counts once, so
/// that a teacher may decide otherwise until the next. Boundaries up to `done_ms`
/// are done. What the teacher froze stays frozen when school begins.
fn due(state: HoursState, done_ms: Millis, mode: Mode) -> Option<Boundary> {
    let at_ms = state.since_ms.unwrap_or(1);
    let mode = match (state.is_open, mode) {
        (true, Mode::Closed) => Some(Mode::Open),
        (false, Mode::Open | Mode::Frozen) => Some(Mode::Closed),
        _ => None,
    };
    (at_ms > done_ms).then_some(Boundary { at_ms, mode })
}

fn next(state: Option<HoursState>) -> NextHours {
    match state {
        Some(HoursState { is_open: true, until_ms, .. }) => {
            NextHours { opens_ms: None, closes_ms: until_ms }
        }
        Some(HoursState { until_ms, .. }) => NextHours { opens_ms: until_ms, closes_ms: None },
        None => NextHours::default(),
    }
}

/// Does what the hours ask for, and tells everybody what comes next.
pub(super) async fn look_at(
    store: &Store,
    live: &Arc<LiveCanvas>,
    known: &mut KnownHours,
    now: Millis,
) -> Result<(), LessonError> {
    let settings = live.classroom.settings();
    let state = known.at(&settings, now);
    if live.classroom.hours_done() > now {
        // A clock that was ahead once does not stop the hours.
        live.classroom.set_hours_done(now);
    }
    if let Some(state) = state
        && due(state, live.classroom.hours_done(), live.mode()).is_some()
    {
        let _turn = live.classroom.changing.lock().await;
        if Arc::ptr_eq(&settings, &live.classroom.settings()) {
            pass(store, live, state).await?;
        }
    }
    if live.classroom.set_next(next(state)) {
        live.say(Audience::Everyone, &ServerText::Lesson { lesson: live.lesson(now) });
    }
    Ok(())
}

/// Does what is due, while nobody changes the hours.
async fn pass(store: &Store, live: &Arc<LiveCanvas>, state: HoursState) -> Result<(), LessonError> {
    let due = due(state, live.classroom.hours_done(), live.mode());
    let Some(Boundary { at_ms, mode }) = due else { return Ok(()) };
    if mode.is_some() {
        live.set_rules(RulesChange { mode, ..RulesChange::default() }).await?;
    }
    live.classroom.set_hours_done(at_ms);
    Ok(store.set_hours_done(live.number, at_ms).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classroom::{Hours, Slot};

    const MINUTE_MS: Millis = 60_000;
    const OPEN: HoursState =
        HoursState { is_open: true, since_ms: Some(1_000), until_ms: Some(2_000) };
    const CLOSED: HoursState =
        HoursState { is_open: false, since_ms: Some(1_000), until_ms: Some(2_000) };

    #[test]
    fn a_boundary_counts_once_and_what_is_frozen_stays_so() {
        let switch = |mode| Some(Boundary { at_ms: 1_000, mode });
        let table = [
            (OPEN, 0, Mode::Closed, switch(Some(Mode::Open))),
            (OPEN, 0, Mode::Frozen, switch(None)),
            (OPEN, 0, Mode::Open, switch(None)),
            (OPEN, 999, Mode::Closed, switch(Some(Mode::Open))),
            (OPEN, 1_000, Mode::Closed, None),
            (CLOSED, 0, Mode::Open, switch(Some(Mode::Closed))),
            (CLOSED, 0, Mode::Frozen, switch(Some(Mode::Closed))),
            (CLOSED, 1_000, Mode::Open, None),
        ];
        for (state, done, mode, expected) in table {
            assert_eq!(due(state, done, mode), expected, "{state:?} {done} {mode:?}");
        }
        let always = HoursState { is_open: true, since_ms: None, until_ms: None };
        assert!(due(always, 0, Mode::Closed).is_some());
        assert!(due(always, 1, Mode::Closed).is_none());
    }

    #[test]
    fn people_are_told_what_comes_next() {
        let told = |state| (next(state).opens_ms, next(state).closes_ms);
        assert_eq!(told(Some(OPEN)), (None, Some(2_000)));
        assert_eq!(told(Some(CLOSED)), (Some(2_000), None));
        assert_eq!(told(None), (None, None));
    }

    #[test]
    fn hours_are_worked_out_anew_when_they_change_or_the_clock_does() {
        let with = |until_min| {
            let slot = Slot { days: 0b111_1111, from_min: 0, until_min };
            let hours = Hours { zone: "UTC".to_owned(), slots: vec![slot] };
            Arc::new(CanvasSettings { hours: Some(hours), ..CanvasSettings::default() })
        };
        let day = 20_000 * 24 * 60 * MINUTE_MS;
        let mut known = KnownHours::default();
        let mut until = |settings: &Arc<CanvasSettings>, now| {
            known.at(settings, now).and_then(|state| state.until_ms)
        };
        let (ten, twenty) = (with(10), with(20));
        assert_eq!(until(&ten, day), Some(day + 10 * MINUTE_MS));
        assert_eq!(until(&twenty, day + 1), Some(day + 20 * MINUTE_MS));
        assert_eq!(until(&twenty, day + 20 * MINUTE_MS), Some(day + 24 * 60 * MINUTE_MS));
        assert_eq!(until(&twenty, day), Some(day + 20 * MINUTE_MS), "the clock went back");
        assert_eq!(until(&Arc::new(CanvasSettings::default()), day), None);
    }
}
