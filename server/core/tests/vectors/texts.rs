//! Text messages, as this server and its clients write them.

use place_core::wire::lesson::{
    Announcement, ChatMessage, Lesson, Person, Role, TeamInfo, Timer, You,
};
use place_core::wire::text::{CanvasInfo, ClientText, PaletteColor, SeatInfo, ServerText};
use place_core::{Area, Cell, Mode, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// One message. `json` is the text itself, as a string.
#[derive(Serialize)]
pub(crate) struct Text {
    name: String,
    json: String,
}

pub(crate) fn cases() -> Vec<Text> {
    let rules =
        |mode| ServerText::Rules { mode, cooldown_ms: 86_400_000, saved_max: 1000, undo_ms: 0 };
    vec![
        text("welcome with a seat", &welcome(Some(("Ada", 12)))),
        text("welcome without a seat", &welcome(None)),
        text("welcome to somebody with quotes", &welcome(Some(("Zoë \"Z\" \\ 🎨", u32::MAX)))),
        text("beat", &ServerText::Beat { seq: 1041 }),
        text("beat at the largest safe seq", &ServerText::Beat { seq: (1 << 53) - 1 }),
        text("allowance", &ServerText::Allowance { saved: 25, next_ms: 0 }),
        text("presence", &ServerText::Presence { online: 7 }),
        text("rules: open", &rules(Mode::Open)),
        text("rules: frozen", &rules(Mode::Frozen)),
        text("rules: closed", &rules(Mode::Closed)),
        text("reload", &ServerText::Reload { reason: "too_far_behind".to_owned() }),
        text(
            "notice",
            &ServerText::Notice {
                code: "stopping".to_owned(),
                text: "The server restarts in a moment.".to_owned(),
            },
        ),
        text(
            "error",
            &ServerText::Error {
                code: "malformed".to_owned(),
                text: "That message could not be read.".to_owned(),
            },
        ),
        text("lesson", &ServerText::Lesson { lesson: lesson() }),
        text("you", &ServerText::You { you: you("Ada", 12) }),
        text(
            "people",
            &ServerText::People {
                here: vec![Person {
                    seat: 12,
                    nickname: Some("Ada".to_owned()),
                    role: Role::Student,
                    team: 1,
                }],
                left: vec![7],
            },
        ),
        text("chat", &ServerText::Chat { message: message() }),
        text("chat deleted", &ServerText::ChatDeleted { id: 17 }),
        text("chat changed", &ServerText::ChatChanged { message: message() }),
        text("forgotten", &ServerText::Forgotten { seats: vec![7, 12] }),
        text("chat taken", &ServerText::ChatTaken { token: 5, id: 17 }),
        text(
            "chat refused",
            &ServerText::ChatRefused {
                token: 5,
                code: "chat_off".to_owned(),
                text: "The chat is off right now.".to_owned(),
                wait_ms: 0,
                limit: 0,
            },
        ),
        text(
            "chat refused by the slow mode",
            &ServerText::ChatRefused {
                token: 6,
                code: "slow".to_owned(),
                text: "Slow mode: one message every 30 s.".to_owned(),
                wait_ms: 12_500,
                limit: 30,
            },
        ),
        text("announcement", &ServerText::Announcement { announcement: announcement() }),
        text("announcement over", &ServerText::AnnouncementOver { id: 3 }),
        text("hidden", &ServerText::Hidden),
        text("desk", &ServerText::Desk { what: "people".to_owned() }),
        text(
            "write",
            &ClientText::Chat {
                token: 5,
                channel: 0,
                text: "@Bob look at the left".to_owned(),
                reply_to: Some(16),
            },
        ),
        text("watch", &ClientText::Watch { since: Some(1041) }),
        text("watch from the beginning", &ClientText::Watch { since: Some(0) }),
        text("watch from now", &ClientText::Watch { since: None }),
        text("undo", &ClientText::Undo { token: 7 }),
        text("undo with the largest number", &ClientText::Undo { token: u32::MAX }),
    ]
}

fn welcome(seat: Option<(&str, u32)>) -> ServerText {
    let color = |name: &str, hex: &str| PaletteColor { name: name.to_owned(), hex: hex.to_owned() };
    ServerText::Welcome {
        protocol: place_core::wire::PROTOCOL_VERSION,
        canvas: CanvasInfo {
            id: "playground".to_owned(),
            name: "Playground".to_owned(),
            width: 256,
            height: 256,
            palette: vec![color("White", "#ffffff"), color("Black", "#000000")],
            mode: Mode::Open,
            cooldown_ms: 1000,
            saved_max: 20,
            undo_ms: 5000,
        },
        seat: seat.map(|(name, number)| SeatInfo { number, nickname: name.to_owned() }),
        you: seat.map(|(name, number)| you(name, number)),
        lesson: lesson(),
        history: "9f2c4e81d07ab356".to_owned(),
        seq: 1041,
        saved: 20,
        next_ms: 0,
        online: 7,
        version: "0.1.0".to_owned(),
    }
}

fn you(nickname: &str, seat: u32) -> You {
    You {
        seat,
        nickname: nickname.to_owned(),
        role: Role::Student,
        team: 1,
        status: Status::Active,
        muted_until_ms: 0,
    }
}

fn lesson() -> Lesson {
    let corner = Cell { x: 0, y: 0 };
    Lesson {
        timer: Some(Timer {
            ends_ms: 1_800_000_060_000,
            label: "Tidy up".to_owned(),
            freezes: true,
        }),
        teams: vec![TeamInfo {
            number: 1,
            name: "Foxes".to_owned(),
            color: "#d9480f".to_owned(),
            region: Some(Area::new(corner, 128, 256).expect("it is an area")),
            is_confined: true,
        }],
        protected: vec![Area::new(Cell { x: 200, y: 8 }, 16, 4).expect("it is an area")],
        announcements: vec![announcement()],
        closes_ms: Some(1_800_003_600_000),
        now_ms: 1_800_000_000_000,
        ..Lesson::default()
    }
}

fn announcement() -> Announcement {
    Announcement {
        id: 3,
        text: "Five minutes left.".to_owned(),
        from: "Ms Rivera".to_owned(),
        at_ms: 1_800_000_000_000,
        ends_ms: 1_800_000_300_000,
    }
}

fn message() -> ChatMessage {
    ChatMessage {
        id: 17,
        channel: 0,
        seat: 12,
        nickname: Some("Ada".to_owned()),
        role: Role::Student,
        team: 1,
        at_ms: 1_800_000_000_000,
        text: "@Bob look at the left".to_owned(),
        reply_to: Some(16),
        mentions: vec![7],
        is_deleted: false,
    }
}

fn text<T>(name: &str, message: &T) -> Text
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let json = serde_json::to_string(message).expect("messages are plain");
    let back: T = serde_json::from_str(&json).expect("what was written reads");
    assert_eq!(&back, message, "{name}");
    Text { name: name.to_owned(), json }
}

#[test]
fn clients_may_write_watch_in_their_own_way() {
    let watch = |json: &str| serde_json::from_str::<ClientText>(json);
    for (json, since) in [
        (r#"{"type":"watch","since":7}"#, Some(7)),
        (r#" { "since" : 7 , "type" : "watch" } "#, Some(7)),
        (r#"{"type":"watch","since":7,"later":{"x":[1]}}"#, Some(7)),
        (r#"{"type":"watch","since":18446744073709551615}"#, Some(u64::MAX)),
        (r#"{"type":"watch"}"#, None),
        (r#"{"type":"watch","since":null}"#, None),
    ] {
        assert_eq!(watch(json).expect(json), ClientText::Watch { since }, "{json}");
    }
    for json in [
        "",
        "7",
        "null",
        "[]",
        "{}",
        r#"{"since":7}"#,
        r#"{"type":"unwatch"}"#,
        r#"{"type":"watch","since":-1}"#,
        r#"{"type":"watch","since":1.5}"#,
        r#"{"type":"watch","since":"7"}"#,
        r#"{"type":"watch","since":18446744073709551616}"#,
        r#"{"type":"watch"} {}"#,
    ] {
        assert!(watch(json).is_err(), "{json} is no message");
    }
}
