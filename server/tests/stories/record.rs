//! The record: what teachers did, in pages and as a file, and taking it back.

use place_core::Reason;
use serde_json::{Value, json};

use crate::harness::class::{CLASS, Class, area};
use crate::harness::{Answer, Client, Request, Response};

fn reason(answer: Answer) -> Reason {
    match answer {
        Answer::Refused { reason, .. } => reason,
        placed @ Answer::Placed { .. } => panic!("{placed:?}"),
    }
}

fn record(class: &Class, query: &str) -> Value {
    class.get(&format!("record?{query}")).expect(200).json()
}

fn words(record: &Value) -> Vec<&str> {
    let lines = record["record"].as_array().expect("lines");
    lines.iter().map(|line| line["what"].as_str().expect("a word")).collect()
}

fn may_draw(client: &mut Client, x: u16) -> bool {
    matches!(client.ask(x, 0, 1), Answer::Placed { .. })
}

#[test]
fn every_decision_can_be_taken_back_and_that_too() {
    let mut class = Class::new();
    let (ada, mut client) = class.person("Ada");
    let standing = format!("seats/{}/standing", ada.number);

    class.tool("areas/protect", &json!({ "area": area(0, 0, 4, 4), "on": true }));
    let protected = class.tool("areas/protect", &json!({ "area": area(2, 0, 8, 4), "on": true }));
    class.revert(&protected);
    assert_eq!(reason(client.ask(3, 0, 1)), Reason::Protected, "an older one is there again");
    assert!(may_draw(&mut client, 4));

    let frozen = class.tool(&standing, &json!({ "status": "frozen" }));
    class.tool(&standing, &json!({ "team": 3 }));
    assert_eq!(reason(client.ask(5, 0, 1)), Reason::SeatFrozen);
    let back = class.revert(&frozen);
    assert!(may_draw(&mut client, 5));
    client.until("she is told", |me| me.you().status == place_core::Status::Active);
    assert_eq!(client.you().team, 3, "what was decided since stays");
    let again = class.revert(&back);
    assert_eq!(reason(client.ask(6, 0, 1)), Reason::SeatFrozen);
    class.server.restart();
    class.revert(&again);
    let mut client = class.server.connect(CLASS, Some(&ada));
    client.follow();
    assert!(may_draw(&mut client, 6));
    assert_eq!(client.you().team, 3);
}

#[test]
fn a_ban_and_a_removal_are_taken_back_but_not_over_newer_pixels() {
    let class = Class::new();
    let (ada, mut client) = class.person("Ada");
    let (_, mut bob) = class.person("Bob");
    for x in 0..4 {
        client.put(x, 0, 5);
    }
    let banned =
        class.tool(&format!("seats/{}/standing", ada.number), &json!({ "status": "banned" }));
    client.until_ended();
    let removed = class.tool(&format!("seats/{}/remove-pixels", ada.number), &json!({}));
    bob.put(1, 0, 9);
    let both = json!({ "seqs": [banned["seqs"][0], removed["seqs"][1]] });
    class.revert(&both);
    bob.until("they are back", |me| (0..4).map(|x| me.sees(x, 0)).eq([5, 9, 5, 5]));
    let mut client = class.server.connect(CLASS, Some(&ada));
    client.follow();
    assert!(may_draw(&mut client, 7));
}

#[test]
fn gifts_and_rules_are_taken_back() {
    let class = Class::new();
    let (_, mut client) = class.person("Ada");
    let slow = json!({ "cooldown_ms": 86_400_000, "saved_max": 1 });
    let request = Request::patch(&format!("/api/canvases/{CLASS}")).json(&slow);
    class.ask(request, Some(&class.teacher)).expect(200);
    let rules = record(&class, "")["record"][0].clone();
    client.put(0, 0, 1);
    let gift = class.tool("award", &json!({ "to": "all", "pixels": 3 }));
    client.put(1, 0, 1);
    class.revert(&gift);
    assert_eq!(reason(client.ask(2, 0, 1)), Reason::Cooldown, "two gifts were left");
    class.revert(&rules);
    client.put(2, 0, 1);
    client.put(3, 0, 1);
    assert_eq!(words(&record(&class, "")), ["rules", "withdraw", "award", "rules"]);
}

#[test]
fn what_nobody_decided_is_not_taken_back() {
    let class = Class::new();
    let (ada, mut client) = class.person("Ada");
    let seq = client.put(0, 0, 1);
    let revert =
        |first: u64, last: u64| class.change("POST", "revert", &json!({ "seqs": [first, last] }));
    revert(seq, seq).expect_error(400, "invalid");
    revert(1, seq).expect_error(400, "invalid");
    revert(seq, seq - 1).expect_error(400, "invalid");
    revert(seq, seq + 1).expect_error(400, "invalid");
    let request = Request::post(&format!("/api/canvases/{CLASS}/revert"));
    let request = request.json(&json!({ "seqs": [seq, seq] }));
    class.ask(request.clone(), Some(&ada.cookie)).expect_error(401, "not_allowed");
    class.ask(request, None).expect_error(401, "not_allowed");
    let fill = class.tool("areas/fill", &json!({ "area": area(0, 0, 1, 1), "color": 3 }));
    client.put(0, 0, 4);
    assert_eq!(class.revert(&fill)["seqs"], Value::Null, "somebody drew over all of it");
    client.until("hers stands", |me| me.sees(0, 0) == 4);
}

#[test]
fn the_record_has_deeds_of_both_kinds_newest_first_in_pages() {
    let mut class = Class::new();
    let (ada, _client) = class.person("Ada");
    class.tool("areas/fill", &json!({ "area": area(0, 0, 4, 4), "color": 3 }));
    class.settings(&json!({ "slow_s": 5 }));
    class.tool("areas/protect", &json!({ "area": area(20, 20, 4, 4), "on": true }));
    let mute = format!("seats/{}/mute", ada.number);
    class.change("POST", &mute, &json!({ "minutes": 5 })).expect(204);
    class.tool(&format!("seats/{}/standing", ada.number), &json!({ "status": "frozen" }));
    let all = record(&class, "");
    let lines = all["record"].as_array().unwrap();
    assert!(lines.is_sorted_by_key(|line| std::cmp::Reverse(line["at_ms"].as_u64())));
    let of = |is_deed: bool| {
        let is_wanted = |line: &&Value| line["seqs"].is_array() == is_deed;
        lines.iter().filter(is_wanted).map(|line| line["what"].as_str().unwrap()).collect()
    };
    // Those of both kinds may share a millisecond.
    let (deeds, notes): (Vec<&str>, Vec<&str>) = (of(true), of(false));
    assert_eq!((deeds, notes), (vec!["seat", "protect", "fill"], vec!["mute", "settings"]));
    assert_eq!(all["next"], Value::Null);
    assert!(lines.iter().all(|line| line["teacher"] == "Grace"));
    let named = lines.iter().filter(|line| line["nickname"] == "Ada").count();
    assert_eq!(named, 2, "the one who was muted and frozen");

    let about = record(&class, &format!("seat={}", ada.number));
    assert_eq!(words(&about).len(), 2);
    assert!(words(&about).contains(&"mute"));
    assert_eq!(words(&record(&class, "x=3&y=3&width=2&height=2")), ["fill"]);
    assert_eq!(words(&record(&class, "x=4&y=4&width=18&height=18")), ["protect"]);
    let middle = all["record"][2]["at_ms"].as_u64().unwrap();
    let early = words(&record(&class, &format!("until_ms={middle}"))).len();
    assert!((3..=5).contains(&early), "{early}");
    assert_eq!(words(&record(&class, &format!("from_ms={}", u64::MAX))).len(), 0);
    class.get("record?x=1").expect_error(400, "invalid");
    class.get("record?before=nonsense").expect_error(400, "invalid");
    class.get("record?placements=true").expect_error(400, "invalid");
    class.server.restart();
    assert_eq!(record(&class, ""), all);
}

#[test]
fn a_long_record_comes_in_pages_without_a_gap_or_a_repetition() {
    let class = Class::new();
    for turn in 0..260 {
        let on = turn % 2 == 0;
        class.tool("areas/protect", &json!({ "area": area(0, 0, 1, 1), "on": on }));
        class.settings(&json!({ "slow_s": 1 + turn % 2 }));
    }
    let first = record(&class, "");
    let lines = |page: &Value| page["record"].as_array().unwrap().clone();
    assert_eq!(lines(&first).len(), 500);
    let second = record(&class, &format!("before={}", first["next"].as_str().expect("more")));
    assert_eq!((lines(&second).len(), &second["next"]), (20, &Value::Null));
    let all = [lines(&first), lines(&second)].concat();
    let turns: Vec<_> = words_of(&all).collect();
    assert_eq!(turns.iter().filter(|word| **word == "settings").count(), 260);
    assert_eq!(turns.iter().filter(|word| **word == "protect").count(), 130);
    let times: Vec<_> = all.iter().map(|line| line["at_ms"].as_u64().unwrap()).collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older));
    let csv = class.get("record?format=csv").expect(200).text();
    assert_eq!(csv.lines().count(), 521, "all of it, and the head");
}

fn words_of(lines: &[Value]) -> impl Iterator<Item = &str> {
    lines.iter().map(|line| line["what"].as_str().unwrap())
}

#[test]
fn a_class_can_analyse_its_pixels() {
    let class = Class::new();
    let (ada, mut client) = class.person("=1+1");
    client.put(3, 4, 5);
    client.put(4, 4, 6);
    client.undo();
    class.tool("areas/fill", &json!({ "area": area(0, 0, 2, 1), "color": 3 }));
    let sheet = |query: &str| -> Response { class.get(&format!("record?format=csv{query}")) };
    let plain = sheet("").expect(200);
    assert_eq!(plain.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(plain.text().lines().count(), 2);
    let csv = sheet("&placements=true").expect(200).text();
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0][..3], ["time", "teacher", "what"]);
    let seat = ada.number.to_string();
    let pixel =
        |what, x, color| vec!["", what, seat.as_str(), "'=1+1", x, "4", "1", "1", "1", color, ""];
    assert_eq!(rows[1][1..], pixel("place", "3", "5"));
    assert_eq!(rows[2][1..], pixel("place", "4", "6"));
    assert_eq!(rows[3][1..], pixel("undo", "4", "0"));
    let fill = ["Grace", "fill", "", "", "0", "0", "2", "1", "2", "", ""];
    assert_eq!(rows[4][1..], fill);
    assert!(rows[1][0].ends_with('Z'), "a moment in UTC: {}", rows[1][0]);
    let only = sheet("&placements=true&x=3&y=4&width=1&height=1").expect(200).text();
    assert_eq!(only.lines().count(), 2, "{only}");
}

#[test]
fn the_record_is_the_teachers_alone() {
    let class = Class::new();
    let (ada, _client) = class.person("Ada");
    for what in ["record", "record?format=csv", "record?format=csv&placements=true"] {
        class.get_as(Some(&ada.cookie), what).expect_error(401, "not_allowed");
        class.get_as(None, what).expect_error(401, "not_allowed");
    }
}
