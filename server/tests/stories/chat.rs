//! The chat: who writes where, who reads it, and what a teacher can do about
//! it.

use place_core::wire::lesson::Role;
use place_core::wire::text::ServerText;
use serde_json::{Value, json};

use crate::harness::teacher::{as_seat, teacher};
use crate::harness::{Client, Request, Response, Said, Seat, Server};

const CANVAS: &str = "class";

/// A canvas, its teacher, and people with seats.
struct Class {
    server: Server,
    teacher: String,
}

impl Class {
    fn new() -> Self {
        let server = Server::start();
        let teacher = teacher(&server, "Grace Hopper");
        server.canvas(&json!({ "name": "Class", "id": CANVAS, "width": 32, "height": 32 }));
        Self { server, teacher }
    }

    fn set(&self, settings: &Value) {
        let path = format!("/api/canvases/{CANVAS}/settings");
        self.ask(Request::patch(&path).json(settings)).expect(200);
    }

    /// Asks as the teacher.
    fn ask(&self, request: Request) -> Response {
        self.server.send(&request.header("Cookie", &self.teacher))
    }

    fn post(&self, what: &str, body: &Value) -> Response {
        self.ask(Request::post(&format!("/api/canvases/{CANVAS}/{what}")).json(body))
    }

    fn desk(&self) -> Value {
        self.ask(Request::get(&format!("/api/canvases/{CANVAS}/desk"))).expect(200).json()
    }

    fn student(&self, nickname: &str, team: u8) -> (Seat, Client) {
        let seat = self.server.join(CANVAS, nickname);
        if team > 0 {
            self.post(&format!("seats/{}/standing", seat.number), &json!({ "team": team }))
                .expect(200);
        }
        let client = self.server.connect(CANVAS, Some(&seat));
        (seat, client)
    }

    fn teacher(&self) -> Client {
        self.server.connect(CANVAS, Some(&as_seat(CANVAS, &self.teacher)))
    }

    /// What somebody reads who comes later.
    fn history(&self, cookie: &str, query: &str) -> Vec<Value> {
        let path = format!("/api/canvases/{CANVAS}/chat{query}");
        let answer = self.server.send(&Request::get(&path).header("Cookie", cookie));
        answer.expect(200).json()["messages"].as_array().expect("a list").clone()
    }
}

fn texts(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["text"].as_str().expect("a text")).collect()
}

#[test]
fn a_class_writes_and_those_with_a_seat_read() {
    let mut class = Class::new();
    let (ada_seat, mut ada) = class.student("Ada", 0);
    let (bob_seat, mut bob) = class.student("Bob Ross", 0);
    let (mut desk, mut onlooker) = (class.teacher(), class.server.connect(CANVAS, None));

    let first = ada.chatted(0, "  hello   @bob ross, \u{202e}and <b>all</b> 你好 ");
    for reader in [&mut ada, &mut bob, &mut desk] {
        let message = reader.reads(first);
        assert_eq!(message.text, "hello @bob ross, and <b>all</b> 你好");
        assert_eq!((message.seat, message.channel), (ada_seat.number as u32, 0));
        assert_eq!((message.nickname.as_deref(), message.role), (Some("Ada"), Role::Student));
        assert_eq!(message.mentions, [bob_seat.number as u32]);
    }
    let Said::Taken(second) = bob.chat(0, "hi", Some(first)) else { panic!("it was refused") };
    assert_eq!(ada.reads(second).reply_to, Some(first));
    let third = desk.chatted(0, "good morning");
    let message = bob.reads(third);
    assert_eq!((message.nickname.as_deref(), message.role), (Some("Grace Hopper"), Role::Teacher));
    assert_eq!(message.seat, 0, "a teacher needs none");

    assert_eq!(onlooker.refused(0, "may I?"), "no_seat");
    onlooker.listen_briefly();
    assert_eq!(onlooker.read().count(), 0);
    let path = format!("/api/canvases/{CANVAS}/chat");
    class.server.get(&path).expect_error(403, "seats_only");
    class.server.free_canvas("other", 16);
    let stranger = class.server.join("other", "Eve");
    let asked = class.server.send(&Request::get(&path).header("Cookie", &stranger.cookie));
    asked.expect_error(403, "seats_only");

    class.server.restart();
    let read = class.history(&ada_seat.cookie, "");
    assert_eq!(texts(&read), ["hello @bob ross, and <b>all</b> 你好", "hi", "good morning"]);
    assert_eq!(read[1]["nickname"], "Bob Ross");
    let read = class.history(&bob_seat.cookie, &format!("?before={third}&limit=1"));
    assert_eq!(texts(&read), ["hi"]);
    class.ask(Request::get(&format!("{path}?limit=51"))).expect_error(400, "invalid");
}

#[test]
fn a_team_is_by_itself_and_the_teacher_reads_all() {
    let class = Class::new();
    let (ada_seat, mut ada) = class.student("Ada", 1);
    let (_, mut eve) = class.student("Eve", 1);
    let (bob_seat, mut bob) = class.student("Bob", 2);
    let mut desk = class.teacher();
    let secret = ada.chatted(1, "the plan is @Bob and @Eve");
    let mentions = eve.reads(secret).mentions;
    assert_eq!(mentions, [2], "who can't read it is not called");
    desk.reads(secret);
    let open = ada.chatted(0, "hello everybody");
    bob.reads(open);
    assert!(bob.read().all(|message| message.id != secret), "it would have come before");
    assert_eq!(bob.refused(1, "what are you up to?"), "channel");
    let answer = bob.chat(0, "I know", Some(secret));
    assert_eq!(answer, Said::Refused { code: "reply".to_owned(), wait_ms: 0 });
    let path = format!("/api/canvases/{CANVAS}/chat/{secret}/report");
    let report = Request::post(&path).header("Cookie", &bob_seat.cookie);
    class.server.send(&report).expect_error(404, "not_found");

    assert_eq!(texts(&class.history(&bob_seat.cookie, "")), ["hello everybody"]);
    assert_eq!(class.history(&ada_seat.cookie, "").len(), 2);
    assert_eq!(class.history(&class.teacher, "").len(), 2);

    class.set(&json!({ "chat": "team" }));
    bob.until("hears of it", |me| me.lesson().chat == place_core::wire::lesson::ChatMode::Team);
    assert_eq!(bob.refused(0, "hello?"), "team_only");
    bob.chatted(2, "we are team two");
    class.set(&json!({ "chat": "off" }));
    assert_eq!(bob.refused(2, "hello?"), "chat_off");
    desk.chatted(0, "quiet, please");
    assert_eq!(desk.refused(9, "team nine"), "no_such_team");
}

#[test]
fn the_filter_covers_what_is_bad_and_the_canvas_s_own_words() {
    let class = Class::new();
    let (_, mut ada) = class.student("Ada", 0);
    class.set(&json!({ "words": ["Blödmann"] }));
    let table = [
        ("Größe ist nicht shit", "Größe ist nicht ****"),
        ("du BLODMANN, привет", "du ********, привет"),
        ("a perfectly good day", "a perfectly good day"),
    ];
    for (said, told) in table {
        let id = ada.chatted(0, said);
        assert_eq!(ada.reads(id).text, told);
    }
    let empty = ada.refused(0, " \u{200b} ");
    assert_eq!(empty, "text");
    assert_eq!(ada.refused(0, &"x".repeat(201)), "text");
}

#[test]
fn whoever_writes_too_much_waits() {
    let class = Class::new();
    let (ada_seat, mut ada) = class.student("Ada", 0);
    for _ in 0..5 {
        ada.chatted(0, "spam");
    }
    let wait = |said| match said {
        Said::Refused { code, wait_ms } => (code, wait_ms),
        taken @ Said::Taken(_) => panic!("{taken:?}"),
    };
    let mut other_tab = class.server.connect(CANVAS, Some(&ada_seat));
    let (code, wait_ms) = wait(other_tab.chat(0, "spam from here", None));
    assert_eq!(code, "busy");
    assert!((1..=2000).contains(&wait_ms), "{wait_ms}");

    class.set(&json!({ "slow_s": 600 }));
    let (_, mut bob) = class.student("Bob", 0);
    bob.chatted(0, "one");
    let (code, wait_ms) = wait(bob.chat(0, "two", None));
    assert_eq!(code, "slow");
    assert!((500_000..=600_000).contains(&wait_ms), "{wait_ms}");
    let mut desk = class.teacher();
    desk.chatted(0, "one");
    desk.chatted(0, "two");
}

#[test]
fn slow_mode_outlives_a_restart() {
    let mut class = Class::new();
    class.set(&json!({ "slow_s": 600 }));
    let (seat, mut ada) = class.student("Ada", 0);
    let (other, _) = class.student("Bob", 0);
    ada.chatted(0, "one");
    class.server.kill9();
    class.server.launch();
    let mut ada = class.server.connect(CANVAS, Some(&seat));
    match ada.chat(0, "two", None) {
        Said::Refused { code, wait_ms } => {
            assert_eq!(code, "slow");
            assert!((400_000..=600_000).contains(&wait_ms), "{wait_ms}");
        }
        taken @ Said::Taken(_) => panic!("{taken:?}"),
    }
    class.server.connect(CANVAS, Some(&other)).chatted(0, "who said nothing need not wait");
    class.set(&json!({ "slow_s": 0 }));
    ada.chatted(0, "two");
}

#[test]
fn the_muted_read_but_do_not_write() {
    let mut class = Class::new();
    let (seat, mut ada) = class.student("Ada", 0);
    let mute = format!("seats/{}/mute", seat.number);
    class.post(&mute, &json!({ "minutes": 0 })).expect_error(400, "invalid");
    class.post("seats/77/mute", &json!({ "minutes": 5 })).expect_error(404, "no_such_seat");
    class.post(&mute, &json!({ "minutes": 5 })).expect(204);
    ada.until("hears of it", |me| me.you().muted_until_ms > 0);
    match ada.chat(0, "hello?", None) {
        Said::Refused { code, wait_ms } => {
            assert_eq!(code, "muted");
            assert!((200_000..=300_000).contains(&wait_ms), "{wait_ms}");
        }
        taken @ Said::Taken(_) => panic!("{taken:?}"),
    }
    class.post(&mute, &json!({ "minutes": null })).expect(204);
    class.server.restart();
    let mut ada = class.server.connect(CANVAS, Some(&seat));
    assert_eq!(ada.you().muted_until_ms, (1 << 53) - 1, "until the teacher lifts it");
    assert_eq!(ada.refused(0, "hello?"), "muted");
    let said = class.teacher().chatted(0, "good morning");
    ada.reads(said);
    class.post(&format!("seats/{}/unmute", seat.number), &json!({})).expect(204);
    ada.until("hears of it", |me| me.you().muted_until_ms == 0);
    ada.chatted(0, "thank you");
    let asked = class.server.send(
        &Request::post(&format!("/api/canvases/{CANVAS}/{mute}"))
            .json(&json!({ "minutes": 5 }))
            .header("Cookie", &seat.cookie),
    );
    asked.expect_error(401, "not_allowed");
}

#[test]
fn a_message_is_reported_and_deleted_for_everybody() {
    let mut class = Class::new();
    let (_, mut mallory) = class.student("Mallory", 0);
    let (ada_seat, mut ada) = class.student("Ada", 0);
    let mut desk = class.teacher();
    let bad = mallory.chatted(0, "Ada is silly");
    let other = mallory.chatted(0, "so is Bob");
    ada.reads(other);
    let report = |id: i64| {
        let path = format!("/api/canvases/{CANVAS}/chat/{id}/report");
        class.server.send(&Request::post(&path).header("Cookie", &ada_seat.cookie))
    };
    for id in [bad, bad, other] {
        report(id).expect(204);
    }
    report(999).expect_error(404, "not_found");
    desk.until("hears of it", |me| {
        me.texts.iter().any(|text| matches!(text, ServerText::Desk { what } if what == "reports"))
    });
    let reports = class.desk()["reports"].clone();
    assert_eq!(reports.as_array().expect("a list").len(), 2, "once for each message: {reports}");
    assert_eq!(reports[0]["message"]["text"], "Ada is silly");
    assert_eq!(reports[0]["message"]["nickname"], "Mallory");
    assert_eq!(reports[0]["nickname"], "Ada");

    let path = format!("/api/canvases/{CANVAS}/chat/{bad}");
    let as_student = Request::delete(&path).header("Cookie", &ada_seat.cookie);
    class.server.send(&as_student).expect_error(401, "not_allowed");
    let foreign = Request::delete(&path).header("Origin", "http://evil.example");
    class.ask(foreign).expect_error(403, "foreign_origin");
    class.ask(Request::delete(&path)).expect(204);
    class.ask(Request::delete(&path)).expect(204);
    class.ask(Request::delete(&format!("{path}99"))).expect_error(404, "not_found");
    for reader in [&mut ada, &mut mallory, &mut desk] {
        reader.until("hears of it", |me| me.texts.contains(&ServerText::ChatDeleted { id: bad }));
    }
    let answer = ada.chat(0, "what was that?", Some(bad));
    assert!(matches!(answer, Said::Refused { .. }), "{answer:?}");
    let reports = class.desk()["reports"].clone();
    assert_eq!(reports.as_array().expect("a list").len(), 1, "{reports}");
    let done = format!("reports/{}/done", reports[0]["id"]);
    class.post(&done, &json!({})).expect(204);
    class.post(&done, &json!({})).expect_error(404, "not_found");
    assert_eq!(class.desk()["reports"], json!([]));

    class.server.kill9();
    class.server.launch();
    let read = class.history(&ada_seat.cookie, "");
    assert_eq!(texts(&read), ["", "so is Bob"]);
    assert_eq!(read[0]["is_deleted"], true);
    assert_eq!(read[0]["nickname"], "Mallory", "who it was stays on record");
}

#[test]
fn a_deleted_message_can_be_brought_back() {
    let mut class = Class::new();
    let (_, mut ada) = class.student("Ada", 0);
    let (bob_seat, mut bob) = class.student("Bob", 0);
    let said = ada.chatted(0, "look left @Bob");
    bob.reads(said);
    let path = format!("/api/canvases/{CANVAS}/chat/{said}");
    let restore = |class: &Class| class.ask(Request::post(&format!("{path}/restore")));
    restore(&class).expect_error(404, "not_found");
    class.ask(Request::delete(&path)).expect(204);
    bob.until("hears of it", |me| me.texts.contains(&ServerText::ChatDeleted { id: said }));
    let read = class.history(&bob_seat.cookie, "");
    assert_eq!((texts(&read), &read[0]["mentions"]), (vec![""], &json!([])));
    let as_student = Request::post(&format!("{path}/restore")).header("Cookie", &bob_seat.cookie);
    class.server.send(&as_student).expect_error(401, "not_allowed");
    class.server.restart();
    let mut bob = class.server.connect(CANVAS, Some(&bob_seat));
    restore(&class).expect(204);
    bob.until("has it back", |me| {
        me.texts.iter().any(|text| {
            matches!(text, ServerText::ChatChanged { message }
                if message.id == said && message.text == "look left @Bob" && !message.is_deleted)
        })
    });
    let read = class.history(&bob_seat.cookie, "");
    assert_eq!(texts(&read), ["look left @Bob"]);
    assert_eq!(read[0]["mentions"], json!([bob_seat.number]));
    restore(&class).expect_error(404, "not_found");
}

#[test]
fn a_flood_of_messages_does_not_grow_behind_one_who_does_not_read() {
    let class = Class::new();
    let silent_seat = class.server.join(CANVAS, "Silent");
    let mut silent = class.server.connect_narrow(CANVAS, Some(&silent_seat), 4096);
    let (_, mut reader) = class.student("Reader", 0);
    let before = class.server.resident_bytes();
    let text = "🎨".repeat(200);
    let mut last = 0;
    for person in 0..400 {
        let seat = class.server.join(CANVAS, &format!("Person {person}"));
        let mut client = class.server.connect(CANVAS, Some(&seat));
        for _ in 0..5 {
            last = client.chatted(0, &text);
        }
        reader.listen_briefly();
    }
    reader.reads(last);
    assert_eq!(reader.read().count(), 2000, "who reads gets all of them");
    // The close frame stands behind what was not read, and nobody waits for long.
    silent.until_ended();
    let closed = class.server.metric("place_connections_closed_total", "code=\"1013\"");
    assert_eq!(closed, 1, "nobody else");
    assert!(silent.read().count() < 2000);
    let grown = class.server.resident_bytes().saturating_sub(before);
    assert!(grown < 64 * 1024 * 1024, "{grown} bytes for 2,000 messages of 1 KiB");
    assert!(!reader.has_ended);
}
