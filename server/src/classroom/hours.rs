//! When a canvas opens and closes by its hours.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use place_core::cooldown::Millis;

use super::settings::{Hours, Slot};

/// Days before and after today in which times of the week are looked for: a
/// week, and a day for the time zone.
const DAYS_AROUND: i64 = 8;

/// What some hours say about a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoursState {
    /// Whether the canvas is open by them.
    pub is_open: bool,
    /// Since when; `None` if it always was.
    pub since_ms: Option<Millis>,
    /// Until when; `None` if it always will be.
    pub until_ms: Option<Millis>,
}

/// Whether there is a time zone of this name. Its rules are built in: they are
/// the same on every machine.
pub(super) fn is_zone(name: &str) -> bool {
    zone(name).is_some()
}

fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

impl Hours {
    /// What they say about the moment `now`; `None` if their time zone is not
    /// known.
    pub fn at(&self, now: Millis) -> Option<HoursState> {
        let zone = zone(&self.zone)?;
        let moment = Timestamp::from_millisecond(now.cast_signed()).ok()?;
        let today = moment.to_zoned(zone.clone()).date();
        let mut open = Vec::new();
        for offset in -DAYS_AROUND..=DAYS_AROUND {
            let Ok(date) = today.checked_add(offset.days()) else { continue };
            let of_day = self.slots.iter().filter(|slot| slot.is_on(date));
            open.extend(of_day.filter_map(|slot| slot.on(date, &zone)));
        }
        Some(state_at(&merged(open), now, self.is_always()))
    }

    /// Whether they never close, so that the first and the last day looked at
    /// are no ends.
    fn is_always(&self) -> bool {
        let minutes = |day: u8| {
            let mut of_day: Vec<_> =
                self.slots.iter().filter(|slot| slot.days & (1 << day) != 0).collect();
            of_day.sort_by_key(|slot| slot.from_min);
            of_day.iter().fold(0, |until, slot| {
                if slot.from_min <= until { until.max(slot.until_min) } else { until }
            })
        };
        (0..7).all(|day| minutes(day) == 24 * 60)
    }
}

impl Slot {
    fn is_on(self, date: Date) -> bool {
        let day = date.weekday().to_monday_zero_offset();
        self.days & (1 << day) != 0
    }

    /// From when until when it is on a day. An hour that the clocks skip begins
    /// when they have; of one that they repeat it is the first.
    fn on(self, date: Date, zone: &TimeZone) -> Option<(Millis, Millis)> {
        let moment = |minute: u16| {
            let midnight = DateTime::from_parts(date, Time::midnight());
            let local = midnight.checked_add(i64::from(minute).minutes()).ok()?;
            let moment = zone.to_ambiguous_timestamp(local).compatible().ok()?;
            Some(moment.as_millisecond().max(0).cast_unsigned())
        };
        Some((moment(self.from_min)?, moment(self.until_min)?))
    }
}

/// The same times without those that touch or overlap, in order.
fn merged(mut open: Vec<(Millis, Millis)>) -> Vec<(Millis, Millis)> {
    open.sort_unstable();
    let mut merged: Vec<(Millis, Millis)> = Vec::new();
    for (from, until) in open.into_iter().filter(|(from, until)| from < until) {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => merged.push((from, until)),
        }
    }
    merged
}

fn state_at(open: &[(Millis, Millis)], now: Millis, is_always: bool) -> HoursState {
    if is_always {
        return HoursState { is_open: true, since_ms: None, until_ms: None };
    }
    let next = open.partition_point(|(_, until)| *until <= now);
    let before = next.checked_sub(1).map(|last| open[last].1);
    match open.get(next) {
        Some((from, until)) if *from <= now => {
            HoursState { is_open: true, since_ms: Some(*from), until_ms: Some(*until) }
        }
        later => {
            HoursState { is_open: false, since_ms: before, until_ms: later.map(|(from, _)| *from) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment as it is written in RFC 3339.
    fn ms(text: &str) -> Millis {
        text.parse::<Timestamp>().expect(text).as_millisecond().cast_unsigned()
    }

    fn hours(zone: &str, slots: &[(u8, u16, u16)]) -> Hours {
        let slot = |&(days, from_min, until_min)| Slot { days, from_min, until_min };
        Hours { zone: zone.to_owned(), slots: slots.iter().map(slot).collect() }
    }

    fn state(hours: &Hours, now: &str) -> (bool, Option<Millis>, Option<Millis>) {
        let state = hours.at(ms(now)).expect("a zone that there is");
        (state.is_open, state.since_ms, state.until_ms)
    }

    /// Monday to Friday from 8 to 14 o'clock.
    const SCHOOL: (u8, u16, u16) = (0b1_1111, 8 * 60, 14 * 60);

    #[test]
    fn a_school_day_begins_and_ends_by_the_school_s_clock() {
        let berlin = hours("Europe/Berlin", &[SCHOOL]);
        let monday = (true, Some(ms("2026-11-23T07:00:00Z")), Some(ms("2026-11-23T13:00:00Z")));
        assert_eq!(state(&berlin, "2026-11-23T07:00:00Z"), monday, "at the first moment");
        assert_eq!(state(&berlin, "2026-11-23T12:59:59.999Z"), monday, "to the last");
        let night = (false, Some(ms("2026-11-23T13:00:00Z")), Some(ms("2026-11-24T07:00:00Z")));
        assert_eq!(state(&berlin, "2026-11-23T13:00:00Z"), night);
        let weekend = (false, Some(ms("2026-11-27T13:00:00Z")), Some(ms("2026-11-30T07:00:00Z")));
        assert_eq!(state(&berlin, "2026-11-28T12:00:00Z"), weekend);
    }

    #[test]
    fn the_clocks_change_and_school_begins_at_eight_all_the_same() {
        let berlin = hours("Europe/Berlin", &[SCHOOL]);
        // The last Friday of summer time, and the Monday after it.
        let weekend = (false, Some(ms("2026-10-23T12:00:00Z")), Some(ms("2026-10-26T07:00:00Z")));
        assert_eq!(state(&berlin, "2026-10-25T12:00:00Z"), weekend);
        let night = hours("Europe/Berlin", &[(0b100_0000, 2 * 60 + 30, 4 * 60)]);
        // 2:30 does not exist on that Sunday; the clocks go from 2 to 3 o'clock.
        let skipped = (true, Some(ms("2026-03-29T01:30:00Z")), Some(ms("2026-03-29T02:00:00Z")));
        assert_eq!(state(&night, "2026-03-29T01:45:00Z"), skipped);
        // 2:30 is there twice on this one; it opens at the first.
        let twice = (true, Some(ms("2026-10-25T00:30:00Z")), Some(ms("2026-10-25T03:00:00Z")));
        assert_eq!(state(&night, "2026-10-25T01:30:00Z"), twice);
    }

    #[test]
    fn times_that_touch_are_one() {
        let days = hours("UTC", &[(1, 0, 1440), (0b10, 0, 60), (1, 600, 700)]);
        let both = (true, Some(ms("2026-11-23T00:00:00Z")), Some(ms("2026-11-24T01:00:00Z")));
        assert_eq!(state(&days, "2026-11-23T23:59:59Z"), both);
        assert_eq!(state(&days, "2026-11-24T00:30:00Z"), both);
        let always = hours("UTC", &[(0b111_1111, 0, 720), (0b111_1111, 720, 1440)]);
        assert_eq!(state(&always, "2026-11-24T00:30:00Z"), (true, None, None));
    }

    #[test]
    fn once_a_week_is_enough_to_know_what_was_and_what_comes() {
        let sunday = hours("Pacific/Kiritimati", &[(0b100_0000, 1439, 1440)]);
        let told = state(&sunday, "2026-11-23T00:00:00Z");
        let expected = (false, Some(ms("2026-11-22T10:00:00Z")), Some(ms("2026-11-29T09:59:00Z")));
        assert_eq!(told, expected);
    }

    #[test]
    fn a_zone_is_known_or_not() {
        for zone in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"] {
            assert!(is_zone(zone), "{zone}");
        }
        for zone in ["", "Europe/Bielefeld", "../../etc/passwd", "CET-1CEST"] {
            assert!(!is_zone(zone), "{zone}");
            assert_eq!(hours(zone, &[SCHOOL]).at(0), None);
        }
    }
}
