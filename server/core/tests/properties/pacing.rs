//! The pace of commits.

use place_core::Pace;
use place_core::limits::{PACE_BURST_COMMITS, PACE_INTERVAL_US};
use proptest::prelude::*;

/// Commits that a stream of placements makes, at these moments in
/// microseconds, and how long each placement waits for its commit.
fn commits(moments: impl IntoIterator<Item = u64>) -> (Vec<u64>, Vec<u64>) {
    let (mut pace, mut commits, mut waits) = (Pace::default(), Vec::new(), Vec::new());
    for now in moments {
        let at = pace.next(now);
        waits.push(at - now);
        if commits.last() != Some(&at) {
            commits.push(at);
        }
    }
    (commits, waits)
}

proptest! {
    #[test]
    fn nobody_waits_longer_than_an_interval(gaps in prop::collection::vec(0u64..20_000, 1..500)) {
        let mut now = 0;
        let moments = gaps.iter().map(|gap| { now += gap; now });
        let (commits, waits) = commits(moments);
        prop_assert!(waits.iter().all(|wait| *wait <= PACE_INTERVAL_US));
        prop_assert!(commits.is_sorted());
    }

    #[test]
    fn any_stretch_of_time_has_few_commits(
        gaps in prop::collection::vec(0u64..2_000, 1..2_000),
        window in 1u64..100_000,
    ) {
        let mut now = 0;
        let (commits, _) = commits(gaps.iter().map(|gap| { now += gap; now }));
        let most = (window / PACE_INTERVAL_US + PACE_BURST_COMMITS + 1) as usize;
        for (index, began) in commits.iter().enumerate() {
            let within = commits[index..].iter().take_while(|at| **at < began + window).count();
            prop_assert!(within <= most, "{within} commits in {window} µs");
        }
    }

    #[test]
    fn a_lone_placement_never_waits(
        before in prop::collection::vec(0u64..1_000, 0..500),
        calm in (PACE_BURST_COMMITS + 1) * PACE_INTERVAL_US..10_000_000,
    ) {
        let mut now = 0;
        let mut pace = Pace::default();
        for gap in before {
            now += gap;
            pace.next(now);
        }
        now += calm;
        prop_assert_eq!(pace.next(now), now);
    }
}

#[test]
fn a_class_at_work_never_meets_the_pace() {
    // 200 a second, one every 5 ms: longer than the interval.
    let (_, waits) = commits((0..10_000).map(|number| number * 5_000));
    assert!(waits.iter().all(|wait| *wait == 0));
}

#[test]
fn fifty_thousand_a_second_share_two_hundred_and_fifty_commits() {
    let (commits, waits) = commits((0..500_000).map(|number| number * 20));
    let most = 10 * (1_000_000 / PACE_INTERVAL_US) + PACE_BURST_COMMITS;
    assert!(commits.len() as u64 <= most, "{} commits in ten seconds", commits.len());
    let mean = waits.iter().sum::<u64>() / waits.len() as u64;
    assert!(mean <= PACE_INTERVAL_US / 2 + 20, "a mean wait of {mean} µs");
}
