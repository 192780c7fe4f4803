//! A simulated world: a server on the real core, a disk that fails, a network
//! that lags and breaks, and clients that draw, sleep, leave and come back.
//! Time is virtual and every choice comes from the seed, so that whatever
//! happened once happens again:
//!
//! `PLACE_SIM_SEED=123 cargo test -p place-core --test simulation`

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a test is not the core"
)]

#[path = "../support/mod.rs"]
mod support;

mod client;
mod day;
mod deeds;
mod disk;
mod laws;
mod server;
mod timetable;
mod world;

use std::time::{Duration, Instant};

use day::Day;
use world::{Story, World};

/// Seeds that every run tries.
const SEEDS: u64 = 1500;

/// On a slow machine fewer must do.
const TIME_MAX: Duration = Duration::from_secs(15);

fn run(seed: u64) {
    let outcome = std::panic::catch_unwind(|| World::new(seed).run());
    assert!(outcome.is_ok(), "PLACE_SIM_SEED={seed} breaks a law");
}

#[test]
fn no_seed_breaks_a_law() {
    if let Ok(seed) = std::env::var("PLACE_SIM_SEED") {
        return run(seed.parse().expect("PLACE_SIM_SEED is a number"));
    }
    let start = Instant::now();
    for seed in (0..SEEDS).take_while(|_| start.elapsed() < TIME_MAX) {
        run(seed);
    }
}

#[test]
fn a_seed_tells_the_same_story_twice() {
    for seed in 0..20 {
        assert_eq!(World::new(seed).run(), World::new(seed).run(), "seed {seed}");
    }
}

/// The simulation is worth something only while the seeds lead to every corner.
#[test]
fn the_seeds_lead_everywhere() {
    let mut all = Story::default();
    for seed in 0..60 {
        all.add(&World::new(seed).run());
    }
    let Story {
        placed,
        refused,
        crashes,
        torn,
        failed_commits,
        lost_acknowledgements,
        reloads,
        gaps,
        passed_over,
        catch_ups,
        stale_boards,
        undone,
        decided,
        ..
    } = all;
    for (what, count) in [
        ("placements", placed),
        ("crashes", crashes),
        ("torn writes", torn),
        ("failed commits", failed_commits),
        ("lost acknowledgements", lost_acknowledgements),
        ("reloads", reloads),
        ("gaps", gaps),
        ("deltas passed over", passed_over),
        ("catch-ups from outside the ring", catch_ups),
        ("stale boards", stale_boards),
        ("pixels taken back", undone),
        ("decisions of the teacher", decided),
    ] {
        assert!(count > 0, "no {what} in 60 seeds");
    }
    for reason in place_core::Reason::ALL {
        // Nothing here sends garbage or stops in an orderly way.
        let possible = !matches!(reason.name(), "malformed" | "stopping");
        assert_eq!(refused.contains_key(reason.name()), possible, "{}", reason.name());
    }
}

/// Seed of the day that every run lives through.
const DAY_SEED: u64 = 2026;

fn live_through(seed: u64) -> Story {
    let day = std::panic::catch_unwind(|| Day::new(seed).run());
    day.unwrap_or_else(|_| panic!("the day of PLACE_SIM_SEED={seed} breaks a law"))
}

/// `PLACE_SIM_SEED` names another day, `PLACE_SIM_DAYS` makes it a week.
#[test]
fn a_day_of_a_busy_class_keeps_the_laws() {
    let number = |name: &str| -> Option<u64> {
        std::env::var(name).ok().map(|text| text.parse().expect("a number"))
    };
    let first = number("PLACE_SIM_SEED").unwrap_or(DAY_SEED);
    for seed in first..first + number("PLACE_SIM_DAYS").unwrap_or(1) {
        let story = live_through(seed);
        println!("day {seed}: {}", story.summary());
        story.assert_that_everything_happened();
        assert_eq!(live_through(seed), story, "PLACE_SIM_SEED={seed} tells two stories");
    }
}
