//! Every message that a client can send, sent by everybody.

use std::collections::BTreeSet;

use place_core::limits::CHAT_MAX_CHARS;
use place_core::wire::pixel::PLACE_BYTES;
use place_core::wire::tag;
use place_core::wire::text::ServerText;
use serde_json::json;
use tungstenite::Message;

use super::handshake::asked;
use super::{ASKERS, Asker, Look, Scene, in_class};
use crate::harness::{Answer, Client, Request, Said};

use Asker::*;

/// One message, what it is called on the wire, and what is said to whom.
struct Saying {
    /// The `type` of a text message; `place` for a binary one; empty for what is
    /// neither.
    kind: &'static str,
    what: &'static str,
    /// Says it, and tells the answer in a word.
    say: fn(&mut Client, &Facts) -> String,
    expected: fn(Asker) -> &'static str,
}

/// What there is to talk about.
struct Facts {
    /// A message that only team 2 and teachers can read.
    of_team_2: i64,
}

/// Everything that can be said. What is said first leaves what comes later as it
/// was.
const SAYINGS: [Saying; 19] = [
    Saying { kind: "place", what: "a pixel", say: |me, _| place(me, 1, 1), expected: drawing },
    Saying {
        kind: "place",
        what: "a pixel beside the canvas",
        say: |me, _| place(me, 99, 1),
        expected: |asker| if sits(asker) { "out_of_bounds" } else { "no_seat" },
    },
    Saying {
        kind: "place",
        what: "a color that there is not",
        say: |me, _| place(me, 1, 250),
        expected: |asker| if sits(asker) { "unknown_color" } else { "no_seat" },
    },
    Saying {
        kind: "undo",
        what: "the last pixel back",
        say: |me, _| word(me.undo()),
        expected: drawing,
    },
    Saying {
        kind: "undo",
        what: "one more",
        say: |me, _| word(me.undo()),
        expected: |asker| match drawing(asker) {
            "placed" => "nothing_to_undo",
            other => other,
        },
    },
    Saying {
        kind: "chat",
        what: "something to the class",
        say: |me, _| chat(me, 0, "hello", None),
        expected: |asker| writing(asker, 0),
    },
    Saying {
        kind: "chat",
        what: "something to team 1",
        say: |me, _| chat(me, 1, "reds", None),
        expected: |asker| writing(asker, 1),
    },
    Saying {
        kind: "chat",
        what: "something to team 2",
        say: |me, _| chat(me, 2, "blues", None),
        expected: |asker| writing(asker, 2),
    },
    Saying {
        kind: "chat",
        what: "something to a team that there is not",
        say: |me, _| chat(me, 9, "nobody", None),
        expected: |asker| match asker {
            asker if teaches(asker) => "no_such_team",
            asker if sits(asker) => "channel",
            _ => "no_seat",
        },
    },
    Saying {
        kind: "chat",
        what: "an answer to what team 2 wrote",
        say: |me, facts| chat(me, 0, "I know", Some(facts.of_team_2)),
        expected: |asker| match writing(asker, 0) {
            "taken" if asker != Rival && !teaches(asker) => "reply",
            other => other,
        },
    },
    Saying {
        kind: "chat",
        what: "too much at once",
        say: |me, _| chat(me, 0, &"x".repeat(CHAT_MAX_CHARS + 1), None),
        expected: |_| "text",
    },
    Saying {
        kind: "watch",
        what: "to follow from now",
        say: |me, _| watch(me),
        expected: |_| "live",
    },
    Saying {
        kind: "",
        what: "nothing, in bytes",
        say: |me, _| bytes(me, &[]),
        expected: |_| "malformed",
    },
    Saying {
        kind: "",
        what: "half a pixel",
        say: |me, _| bytes(me, &[tag::PLACE, 0, 0, 0, 1]),
        expected: |_| "malformed",
    },
    Saying {
        kind: "",
        what: "a pixel and a byte",
        say: |me, _| bytes(me, &[tag::PLACE, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
        expected: |_| "malformed",
    },
    Saying {
        kind: "",
        what: "what only the server says",
        say: |me, _| bytes(me, &[tag::PLACED; PLACE_BYTES]),
        expected: |_| "malformed",
    },
    Saying { kind: "", what: "no JSON", say: |me, _| text(me, "{"), expected: |_| "malformed" },
    Saying {
        kind: "",
        what: "a type that there is not",
        say: |me, _| text(me, r#"{"type":"report","id":1}"#),
        expected: |_| "malformed",
    },
    Saying {
        kind: "",
        what: "what only the server says, in words",
        say: |me, _| text(me, r#"{"type":"desk","what":"people"}"#),
        expected: |_| "malformed",
    },
];

/// Whether somebody has a seat here and was let in.
fn sits(asker: Asker) -> bool {
    matches!(asker, Student | Rival | Frozen | Muted | StudentsBot | TeachersBot | Teacher)
}

fn teaches(asker: Asker) -> bool {
    matches!(asker, Teacher | Owner)
}

/// What comes of drawing.
fn drawing(asker: Asker) -> &'static str {
    match asker {
        Frozen => "seat_frozen",
        asker if sits(asker) => "placed",
        _ => "no_seat",
    }
}

/// What comes of writing to a team, or to the class.
fn writing(asker: Asker, channel: u8) -> &'static str {
    let team = match asker {
        Student | Frozen | Muted | StudentsBot => 1,
        Rival => 2,
        _ => 0,
    };
    match asker {
        asker if teaches(asker) => "taken",
        asker if !sits(asker) => "no_seat",
        _ if channel != 0 && channel != team => "channel",
        Muted => "muted",
        _ => "taken",
    }
}

fn word(answer: Answer) -> String {
    match answer {
        Answer::Placed { .. } => "placed".to_owned(),
        Answer::Refused { reason, .. } => reason.name().to_owned(),
    }
}

fn place(me: &mut Client, x: u16, color: u8) -> String {
    word(me.ask(x, 1, color))
}

fn chat(me: &mut Client, channel: u8, text: &str, reply_to: Option<i64>) -> String {
    match me.chat(channel, text, reply_to) {
        Said::Taken(_) => "taken".to_owned(),
        Said::Refused { code, .. } => code,
    }
}

fn watch(me: &mut Client) -> String {
    let beats = me.beats();
    me.watch(None);
    me.until("is live", |me| me.beats() > beats);
    "live".to_owned()
}

/// Sends bytes that are no placement: what is said has no token.
fn bytes(me: &mut Client, bytes: &[u8]) -> String {
    me.say(Message::binary(bytes.to_vec()));
    let answer = me.answer(0);
    me.take_answer(0);
    word(answer)
}

/// Sends a text that is no message.
fn text(me: &mut Client, text: &str) -> String {
    errors_after(me, text).pop().expect("one more").0
}

/// Sends a text; the errors so far, by their words and sentences.
fn errors_after(me: &mut Client, text: &str) -> Vec<(String, String)> {
    let errors = |me: &Client| -> Vec<_> {
        let error = |text: &ServerText| match text {
            ServerText::Error { code, text } => Some((code.clone(), text.clone())),
            _ => None,
        };
        me.texts.iter().filter_map(error).collect()
    };
    let before = errors(me).len();
    me.say(Message::text(text.to_owned()));
    me.until("hears of an error", |me| errors(me).len() > before);
    errors(me)
}

/// A class in which the teacher has drawn, and team 2 has a secret.
fn scene(look: Look) -> (Scene, Facts) {
    let scene = Scene::new(look);
    let join = Request::post(&in_class("join")).json(&json!({ "nickname": "" }));
    scene.ask(join, Teacher).expect(201);
    let mut rival = connect(&scene, Rival);
    let of_team_2 = rival.chatted(2, "our secret");
    (scene, Facts { of_team_2 })
}

fn connect(scene: &Scene, asker: Asker) -> Client {
    scene.class.server.connect(&asked(asker), scene.seat(asker).as_ref())
}

/// Those who are let in.
fn connected(look: Look) -> impl Iterator<Item = Asker> {
    let is_in = move |asker: &Asker| match look {
        Look::Anyone => *asker != Banned,
        Look::Seats => sits(*asker) || matches!(asker, Owner | Projector),
    };
    ASKERS.into_iter().filter(is_in)
}

fn say_everything(look: Look) {
    let (scene, facts) = scene(look);
    let mut wrong = Vec::new();
    for asker in connected(look) {
        let mut client = connect(&scene, asker);
        for Saying { what, say, expected, .. } in &SAYINGS {
            let (said, expected) = (say(&mut client, &facts), expected(asker));
            if said != expected {
                wrong.push(format!("{asker:?} says {what}: {said}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn where_anyone_may_look_nobody_says_more_than_they_may() {
    say_everything(Look::Anyone);
}

#[test]
fn where_only_seats_may_look_nobody_says_more_than_they_may() {
    say_everything(Look::Seats);
}

/// What the server itself says that it understands.
#[test]
fn the_table_has_every_text_message_and_no_other() {
    let (scene, _) = scene(Look::Anyone);
    let mut client = connect(&scene, Student);
    let (_, told) = errors_after(&mut client, r#"{"type":"?"}"#).pop().expect("an error");
    let (_, list) = told.split_once("expected ").unwrap_or_else(|| panic!("{told}"));
    let understood: BTreeSet<_> = list.split('`').skip(1).step_by(2).collect();
    let binary = |kind: &&str| ["", "place"].contains(kind);
    let tried: BTreeSet<_> =
        SAYINGS.iter().map(|saying| saying.kind).filter(|kind| !binary(kind)).collect();
    assert_eq!(tried, understood, "{told}");
}

/// Of all first bytes of a binary message one is understood.
#[test]
fn the_table_has_every_binary_message_and_no_other() {
    let (scene, _) = scene(Look::Anyone);
    let mut client = connect(&scene, Student);
    let understood: Vec<u8> = (0..=u8::MAX)
        .filter(|first| {
            // What is understood in between: only many in a row are too many.
            client.put(2, 2, 1);
            let message = [&[*first][..], &[0; PLACE_BYTES - 1]].concat();
            bytes(&mut client, &message) != "malformed"
        })
        .collect();
    assert_eq!(understood, [tag::PLACE]);
}

#[test]
fn behind_the_curtain_nobody_draws_or_looks_but_teachers() {
    let (scene, _) = scene(Look::Anyone);
    scene.class.settings(&json!({ "curtain": "everyone" }));
    for asker in connected(Look::Anyone) {
        let mut client = connect(&scene, asker);
        let refused = match asker {
            Teacher => "placed",
            asker if sits(asker) => "frozen",
            _ => "no_seat",
        };
        let token = client.place(3, 3, 1);
        let answer = client.answer(token);
        assert_eq!(word(answer), refused, "{asker:?}");
        if let Answer::Refused { color, .. } = answer
            && !teaches(asker)
        {
            assert_eq!(color, None, "{asker:?} is told no color");
        }
        client.watch(None);
        let is_told = |me: &Client, hidden: bool| {
            me.texts.iter().any(|text| match text {
                ServerText::Hidden => hidden,
                ServerText::Beat { .. } => !hidden,
                _ => false,
            })
        };
        let hidden = !teaches(asker);
        client.until("is told", |me| is_told(me, hidden));
        assert!(!is_told(&client, !hidden), "{asker:?}");
    }
}
