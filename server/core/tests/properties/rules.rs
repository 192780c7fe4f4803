//! The ranges of the rules, and the reasons' names.

use place_core::limits::{COOLDOWN_MAX_MS, SAVED_MAX_PIXELS};
use place_core::rules::RulesError;
use place_core::{Mode, Reason, Rules};

#[test]
fn rules_are_within_their_ranges() {
    let rules =
        |cooldown_ms, saved_max| Rules { mode: Mode::Open, cooldown_ms, saved_max, undo_ms: 0 };
    for (rules, expected) in [
        (rules(0, 1), Ok(())),
        (rules(COOLDOWN_MAX_MS, SAVED_MAX_PIXELS), Ok(())),
        (rules(COOLDOWN_MAX_MS + 1, 1), Err(RulesError::Cooldown(COOLDOWN_MAX_MS + 1))),
        (rules(u32::MAX, 0), Err(RulesError::Cooldown(u32::MAX))),
        (rules(1, 0), Err(RulesError::Saved(0))),
        (rules(1, SAVED_MAX_PIXELS + 1), Err(RulesError::Saved(SAVED_MAX_PIXELS + 1))),
    ] {
        assert_eq!(rules.checked(), expected.map(|()| rules));
    }
}

#[test]
fn reasons_are_called_alike_everywhere() {
    for (number, reason) in (1..).zip(Reason::ALL) {
        assert_eq!(reason as u8, number, "the wire's bytes have no gaps");
        let json = serde_json::to_string(&reason).expect("a plain enum");
        assert_eq!(json, format!("\"{}\"", reason.name()));
    }
}
