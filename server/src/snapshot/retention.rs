//! Which snapshots are kept: all of the last hours, then one an hour, then one
//! a day for ever.

use std::time::Duration;

use place_core::cooldown::Millis;

const HOUR_MS: Millis = 60 * 60 * 1000;
const DAY_MS: Millis = 24 * HOUR_MS;

/// How long snapshots are kept how densely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Age up to which every snapshot is kept.
    pub all: Duration,
    /// Age up to which one an hour is kept; beyond, one a day is.
    pub hourly: Duration,
}

/// The share of time of which one snapshot is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    /// Too young to be thinned out.
    Own,
    Hour(u64),
    Day(u64),
}

impl Retention {
    /// Which of these snapshots are to go, as indices into `times_ms`, which
    /// are sorted from old to new.
    ///
    /// Of each hour or day the last one stays. Hours and days are those of
    /// UTC, so that the answer does not depend on when the question was asked
    /// before; the newest of all always stays.
    pub fn surplus(self, now_ms: Millis, times_ms: &[Millis]) -> Vec<usize> {
        let slots: Vec<Slot> = times_ms.iter().map(|time| self.slot(now_ms, *time)).collect();
        let superseded = |index: usize| {
            let slot = slots[index];
            slot != Slot::Own && slots.get(index + 1) == Some(&slot)
        };
        (0..times_ms.len()).filter(|index| superseded(*index)).collect()
    }

    fn slot(self, now_ms: Millis, time_ms: Millis) -> Slot {
        // A date in the future, from a clock that was wrong, counts as now.
        let age = Duration::from_millis(now_ms.saturating_sub(time_ms));
        if age <= self.all {
            Slot::Own
        } else if age <= self.hourly {
            Slot::Hour(time_ms / HOUR_MS)
        } else {
            Slot::Day(time_ms / DAY_MS)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const RULE: Retention =
        Retention { all: Duration::from_hours(24), hourly: Duration::from_hours(30 * 24) };
    const NOW_MS: Millis = 1_800_000_000_000;
    const MINUTE_MS: Millis = 60_000;

    fn kept(rule: Retention, now: Millis, times: &[Millis]) -> Vec<Millis> {
        let surplus = rule.surplus(now, times);
        let stays = |index: &usize| !surplus.contains(index);
        (0..times.len()).filter(stays).map(|index| times[index]).collect()
    }

    #[test]
    fn a_term_of_snapshots_thins_out_as_it_ages() {
        let every_five_minutes: Vec<_> =
            (0..60 * DAY_MS / (5 * MINUTE_MS)).rev().map(|n| NOW_MS - n * 5 * MINUTE_MS).collect();
        let kept = kept(RULE, NOW_MS, &every_five_minutes);
        let of_age = |from: u64, to: u64| {
            kept.iter().filter(|time| (from..to).contains(&((NOW_MS - **time) / DAY_MS))).count()
        };
        assert_eq!(of_age(0, 1), 288);
        assert!((29 * 24..=29 * 24 + 1).contains(&of_age(1, 30)), "{}", of_age(1, 30));
        assert!((29..=31).contains(&of_age(30, 60)), "{}", of_age(30, 60));
    }

    #[test]
    fn the_last_of_an_hour_and_of_a_day_stays() {
        let hour = (NOW_MS - 3 * DAY_MS) / HOUR_MS * HOUR_MS;
        let times = [hour, hour + 1, hour + HOUR_MS - 1, hour + HOUR_MS];
        assert_eq!(kept(RULE, NOW_MS, &times), times[2..]);
        let day = (NOW_MS - 90 * DAY_MS) / DAY_MS * DAY_MS;
        let times = [day, day + 20 * HOUR_MS, day + DAY_MS - 1, day + DAY_MS];
        assert_eq!(kept(RULE, NOW_MS, &times), times[2..]);
    }

    fn times() -> impl Strategy<Value = Vec<Millis>> {
        // Minutes, some of them in the future, over half a year.
        let minutes = proptest::collection::btree_set(0u64..180 * 24 * 60, 0..400);
        minutes.prop_map(|minutes| {
            let first = NOW_MS - 170 * DAY_MS;
            minutes.into_iter().map(|minute| first + minute * MINUTE_MS).collect()
        })
    }

    proptest! {
        #[test]
        fn the_newest_and_the_young_always_stay(times in times()) {
            let kept: BTreeSet<_> = kept(RULE, NOW_MS, &times).into_iter().collect();
            prop_assert_eq!(kept.last(), times.last());
            for time in times.iter().filter(|time| NOW_MS.saturating_sub(**time) <= DAY_MS) {
                prop_assert!(kept.contains(time));
            }
        }

        #[test]
        fn at_most_one_an_hour_and_one_a_day_stay(times in times()) {
            let kept = kept(RULE, NOW_MS, &times);
            let older = |age: Millis| kept.iter().filter(move |time| NOW_MS.saturating_sub(**time) > age);
            let mut hours: Vec<_> = older(DAY_MS).map(|time| time / HOUR_MS).collect();
            let mut days: Vec<_> = older(30 * DAY_MS).map(|time| time / DAY_MS).collect();
            for slots in [&mut hours, &mut days] {
                let count = slots.len();
                slots.dedup();
                prop_assert_eq!(slots.len(), count);
            }
        }

        #[test]
        fn something_stays_of_every_day(times in times()) {
            let days = |times: &[Millis]| times.iter().map(|time| time / DAY_MS).collect::<BTreeSet<_>>();
            prop_assert_eq!(days(&kept(RULE, NOW_MS, &times)), days(&times));
        }

        #[test]
        fn looking_often_keeps_the_same_as_looking_once(
            times in times(),
            pauses in proptest::collection::vec(1u64..20 * 24 * 60, 1..12),
        ) {
            let (mut now, mut often) = (NOW_MS, times.clone());
            for pause in pauses {
                now += pause * MINUTE_MS;
                often = kept(RULE, now, &often);
            }
            prop_assert_eq!(often, kept(RULE, now, &times));
        }
    }
}
