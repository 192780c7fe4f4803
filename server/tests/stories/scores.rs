//! The scores: what everybody placed, and what of it still stands.

use serde_json::{Value, json};

use crate::harness::class::{Class, area};
use crate::harness::eventually;

fn scores(class: &Class, cookie: Option<&str>) -> Value {
    class.get_as(cookie, "scores").expect(200).json()
}

#[test]
fn what_was_placed_and_what_stands_is_counted() {
    let class = Class::new();
    class.settings(&json!({ "scores": true }));
    let (ada, mut first) = class.person("Ada");
    let (bob, mut second) = class.person("Bob");
    let (_, _idle) = class.person("Idle");
    for x in 0..4 {
        first.put(x, 0, 1);
    }
    first.undo();
    for x in 0..2 {
        second.put(x, 0, 2);
    }
    let of = |seat, nickname: &str, placed, standing| {
        json!({
            "seat": seat, "nickname": nickname, "team": 0, "placed": placed, "standing": standing
        })
    };
    let expected = json!([of(bob.number, "Bob", 2, 2), of(ada.number, "Ada", 3, 1)]);
    eventually("the scores are counted anew", || {
        (scores(&class, Some(&ada.cookie))["people"] == expected).then_some(())
    });
    class.tool("areas/fill", &json!({ "area": area(0, 0, 1, 1), "color": 0 }));
    let expected = json!([of(ada.number, "Ada", 3, 1), of(bob.number, "Bob", 2, 1)]);
    eventually("one pixel less stands", || {
        (scores(&class, Some(&class.teacher))["people"] == expected).then_some(())
    });
    class.settings(&json!({ "names": "nobody" }));
    assert_eq!(scores(&class, Some(&ada.cookie))["people"], json!([]), "names are not told");
    assert_eq!(scores(&class, Some(&class.teacher))["people"], expected);
}

#[test]
fn only_those_with_a_seat_see_them_and_only_if_they_are_shown() {
    let class = Class::new();
    let (ada, _client) = class.person("Ada");
    class.get_as(Some(&ada.cookie), "scores").expect_error(403, "no_scores");
    class.get("scores").expect(200);
    class.settings(&json!({ "scores": true }));
    class.get_as(Some(&ada.cookie), "scores").expect(200);
    class.get_as(None, "scores").expect_error(403, "seats_only");
    let banned = json!({ "status": "banned" });
    class.tool(&format!("seats/{}/standing", ada.number), &banned);
    class.get_as(Some(&ada.cookie), "scores").expect_error(403, "banned");
}
