//! Who hears what: each thing that is said reaches those it is meant for, and
//! nobody else.

use std::collections::BTreeMap;

use place_core::wire::lesson::{Curtain, Role, You};
use place_core::wire::text::ServerText;
use serde_json::{Value, json};
use tungstenite::Message;

use super::handshake::asked;
use super::{ASKERS, Asker, Look, Scene, in_class};
use crate::harness::class::{CLASS, area};
use crate::harness::{Client, Request};

use Asker::*;

/// Everybody who can be connected, and is.
struct Audience {
    scene: Scene,
    clients: Vec<(Asker, Client)>,
    /// Somebody with a seat in another canvas, and that canvas's teacher.
    elsewhere: Vec<(Asker, Client)>,
    /// Marks in what is said, so far.
    marks: usize,
}

impl Audience {
    fn new() -> Self {
        let scene = Scene::new(Look::Anyone);
        let connect = |asker| {
            let mut client = scene.class.server.connect(&asked(asker), scene.seat(asker).as_ref());
            client.watch(None);
            client.until("is live", |me| me.beats() > 0);
            (asker, client)
        };
        let clients = ASKERS.into_iter().filter(|asker| *asker != Banned).map(connect).collect();
        let there = |asker| {
            let client = scene.class.server.connect("other", scene.seat(asker).as_ref());
            (asker, client)
        };
        let elsewhere = [OfAnotherCanvas, AnotherTeacher].map(there).into();
        Self { scene, clients, elsewhere, marks: 0 }
    }

    fn client(&mut self, asker: Asker) -> &mut Client {
        let found = self.clients.iter_mut().find(|(known, _)| *known == asker);
        &mut found.expect("everybody is connected").1
    }

    /// Everybody hears a mark, and all that was said before it.
    fn mark(&mut self) {
        self.marks += 1;
        let mark = format!("Mark {}.", self.marks);
        let body = json!({ "text": mark, "minutes": 1 });
        let request = Request::post("/api/announce").json(&body);
        self.scene.ask(request, Owner).expect(201);
        for (_, client) in self.clients.iter_mut().chain(&mut self.elsewhere) {
            client.until("hears the mark", |me| me.texts.iter().any(|text| is_mark(text, &mark)));
        }
    }

    /// Has something said, and looks who hears it: exactly those who should.
    fn hears(
        &mut self,
        what: &str,
        say: impl FnOnce(&mut Self),
        is_it: impl Fn(&ServerText) -> bool,
        should: impl Fn(Asker) -> bool,
    ) {
        let heard = |client: &Client| client.texts.iter().filter(|text| is_it(text)).count();
        let before: Vec<usize> = self.clients.iter().map(|(_, client)| heard(client)).collect();
        let before_there: usize = self.elsewhere.iter().map(|(_, client)| heard(client)).sum();
        say(self);
        for ((asker, client), before) in self.clients.iter_mut().zip(&before) {
            if should(*asker) {
                client.until(what, |me| heard(me) > *before);
            }
        }
        self.mark();
        for ((asker, client), before) in self.clients.iter().zip(&before) {
            assert_eq!(heard(client) > *before, should(*asker), "{asker:?}: {what}");
        }
        let there: usize = self.elsewhere.iter().map(|(_, client)| heard(client)).sum();
        assert_eq!(there, before_there, "on another canvas: {what}");
    }

    /// Changes something as the teacher.
    fn tool(&self, method: &str, what: &str, body: &Value) {
        let answer = self.scene.class.change(method, what, body);
        assert!((200..300).contains(&answer.status), "{method} {what}: {}", answer.text());
    }

    fn seat_of(&self, asker: Asker) -> u64 {
        let me = self.scene.ask(Request::get(&in_class("me")), asker).expect(200).json();
        me["seat"]["number"].as_u64().expect("a seat")
    }
}

fn is_mark(text: &ServerText, mark: &str) -> bool {
    matches!(text, ServerText::Announcement { announcement } if announcement.text == mark)
}

fn is_chat(text: &ServerText, written: &str) -> bool {
    matches!(text, ServerText::Chat { message } if message.text == written)
}

fn sits(asker: Asker) -> bool {
    matches!(asker, Student | Rival | Frozen | Muted | StudentsBot | TeachersBot)
}

fn teaches(asker: Asker) -> bool {
    matches!(asker, Teacher | Owner)
}

fn is_in_class(asker: Asker) -> bool {
    sits(asker) || teaches(asker)
}

fn is_in_team_1(asker: Asker) -> bool {
    matches!(asker, Student | Frozen | Muted | StudentsBot)
}

#[test]
fn what_is_written_reaches_its_readers_and_nobody_else() {
    let mut all = Audience::new();
    let write = |asker, channel, text| {
        move |all: &mut Audience| {
            all.client(asker).chatted(channel, text);
        }
    };
    let reds = |asker: Asker| is_in_team_1(asker) || teaches(asker);
    let blues = |asker: Asker| asker == Rival || teaches(asker);
    let written = |wanted| move |text: &ServerText| is_chat(text, wanted);
    all.hears("to all", write(Student, 0, "to all"), written("to all"), is_in_class);
    all.hears("to the reds", write(Student, 1, "to the reds"), written("to the reds"), reds);
    all.hears("to the blues", write(Rival, 2, "to the blues"), written("to the blues"), blues);
    all.hears("a bot's", write(StudentsBot, 1, "beep"), written("beep"), reds);
    all.hears("the teacher's", write(Teacher, 2, "well done"), written("well done"), blues);
    all.hears("the owner's", write(Owner, 0, "good evening"), written("good evening"), is_in_class);
    let refuse = |all: &mut Audience| {
        all.client(Muted).refused(0, "may I?");
        all.client(Waiting).refused(0, "may I?");
        all.client(Rival).refused(1, "may I?");
    };
    all.hears("what was refused", refuse, written("may I?"), |_| false);
    nobody_hears_what_is_others(&all);
}

#[test]
fn what_teachers_do_is_told_to_those_it_concerns() {
    let mut all = Audience::new();
    let rival = all.seat_of(Rival);
    let to_rival = format!("seats/{rival}");
    let to_reds = all.client(Student).chatted(1, "a bad word");
    let is_you = |text: &ServerText| matches!(text, ServerText::You { .. });
    let is_desk = |wanted: &'static str| move |text: &ServerText| matches!(text, ServerText::Desk { what } if what == wanted);
    let report = |all: &mut Audience| {
        let request = Request::post(&in_class(&format!("chat/{to_reds}/report")));
        all.scene.ask(request, Muted).expect(204);
    };
    all.hears("a report", report, is_desk("reports"), teaches);
    let delete = |all: &mut Audience| all.tool("DELETE", &format!("chat/{to_reds}"), &json!({}));
    let is_deleted =
        |text: &ServerText| matches!(text, ServerText::ChatDeleted { id } if *id == to_reds);
    let reds = |asker: Asker| is_in_team_1(asker) || teaches(asker);
    all.hears("that it was deleted", delete, is_deleted, reds);
    let mute = |all: &mut Audience| {
        all.tool("POST", &format!("{to_rival}/mute"), &json!({ "minutes": 5 }));
    };
    all.hears("that one is muted", mute, is_you, |asker| asker == Rival);
    let award = |all: &mut Audience| {
        all.tool("POST", "award", &json!({ "to": { "seats": [rival] }, "pixels": 5 }));
    };
    let is_allowance = |text: &ServerText| matches!(text, ServerText::Allowance { .. });
    all.hears("of a gift", award, is_allowance, |asker| asker == Rival);
    let rename = |all: &mut Audience| {
        all.tool("PATCH", &to_rival, &json!({ "nickname": "Robert" }));
    };
    let is_robert = |text: &ServerText| matches!(text, ServerText::People { here, .. } if here.iter().any(|person| person.nickname.as_deref() == Some("Robert")));
    all.hears("of a name", rename, is_robert, is_in_class);
    nobody_hears_what_is_others(&all);
}

#[test]
fn what_is_meant_for_all_reaches_all_of_this_canvas_only() {
    let mut all = Audience::new();
    let everybody = |_: Asker| true;
    let announce = |all: &mut Audience| {
        all.tool("POST", "announce", &json!({ "text": "For the class.", "minutes": 1 }));
    };
    let is_it = |text: &ServerText| is_mark(text, "For the class.");
    all.hears("an announcement", announce, is_it, everybody);
    let settle = |all: &mut Audience| all.tool("PATCH", "settings", &json!({ "slow_s": 7 }));
    let is_lesson =
        |text: &ServerText| matches!(text, ServerText::Lesson { lesson } if lesson.slow_s == 7);
    all.hears("of the settings", settle, is_lesson, everybody);
    let rule = |all: &mut Audience| {
        let request = Request::patch(&format!("/api/canvases/{CLASS}"));
        all.scene.ask(request.json(&json!({ "cooldown_ms": 5 })), Teacher).expect(200);
    };
    let is_rule = |text: &ServerText| matches!(text, ServerText::Rules { cooldown_ms, .. } if *cooldown_ms == 5);
    all.hears("of the rules", rule, is_rule, everybody);
    nobody_hears_what_is_others(&all);
}

#[test]
fn the_curtain_stands_between_the_picture_and_those_who_look_on() {
    let mut all = Audience::new();
    let draw = |curtain: &'static str| {
        move |all: &mut Audience| all.tool("PATCH", "settings", &json!({ "curtain": curtain }))
    };
    let is_hidden = |text: &ServerText| matches!(text, ServerText::Hidden);
    let looks_on = |asker: Asker| !is_in_class(asker);
    all.hears("the curtain", draw("audience"), is_hidden, looks_on);
    all.hears("the second curtain", draw("everyone"), is_hidden, sits);
    let before: Vec<usize> = all.clients.iter().map(|(_, client)| client.deltas).collect();
    let paint = json!({ "area": area(0, 0, 4, 4), "color": 3 });
    all.tool("POST", "areas/fill", &paint);
    for asker in [Teacher, Owner] {
        let at = all.clients.iter().position(|(known, _)| *known == asker).expect("it is there");
        let before = before[at];
        all.clients[at].1.until("sees it", |me| me.deltas > before);
    }
    all.mark();
    for ((asker, client), before) in all.clients.iter().zip(before) {
        assert_eq!(client.deltas > before, teaches(*asker), "{asker:?}");
    }
    assert_eq!(all.client(Student).lesson().curtain, Curtain::Everyone);
    nobody_hears_what_is_others(&all);
}

#[test]
fn whatever_a_message_claims_it_is_its_sender_s_own() {
    let mut all = Audience::new();
    let claim = json!({
        "type": "chat", "token": 7, "channel": 0, "text": "believe me",
        "seat": all.seat_of(Student), "teacher": 1, "role": "teacher", "nickname": "Grace"
    });
    let rival = all.seat_of(Rival);
    all.client(Rival).say(Message::text(claim.to_string()));
    let reader = all.client(Teacher);
    reader.until("reads it", |me| me.read().any(|message| message.text == "believe me"));
    let message = reader.read().find(|message| message.text == "believe me").expect("just read");
    assert_eq!(u64::from(message.seat), rival);
    assert_eq!((message.nickname.as_deref(), message.role), (Some("Rob"), Role::Student));
    assert_eq!(message.team, 2);
}

/// Who drew a pixel is told as the teacher wants, whoever asks and however.
#[test]
fn names_are_told_as_the_teacher_wants_whoever_asks() {
    for look in [Look::Anyone, Look::Seats] {
        let scene = Scene::new(look);
        scene.class.server.connect(CLASS, scene.seat(Student).as_ref()).put(0, 0, 1);
        let everything = json!({
            "seat": scene.student, "nickname": "Ada", "team": 1, "role": "student"
        });
        let team = json!({ "nickname": null, "team": 1, "role": "student" });
        let told = [("nickname", &everything), ("team", &team), ("nobody", &Value::Null)];
        for (names, by) in told {
            scene.class.settings(&json!({ "names": names }));
            for asker in ASKERS {
                let query = if asker == Projector { "?as=onlooker" } else { "" };
                let request = Request::get(&in_class(&format!("cells/0/0/who{query}")));
                let answer = scene.ask(request, asker);
                let may_look = look == Look::Anyone && asker != Banned;
                if may_look || is_in_class(asker) || asker == Projector {
                    let expected = if teaches(asker) { &everything } else { by };
                    assert_eq!(&answer.expect(200).json()["by"], expected, "{asker:?} {names}");
                } else {
                    assert_eq!(answer.status, 403, "{asker:?} {names}");
                    assert!(!answer.text().contains("Ada"), "{asker:?} {names}");
                }
            }
        }
    }
}

/// Looks at all that everybody was ever told.
fn nobody_hears_what_is_others(all: &Audience) {
    let channels = channels(all);
    for (asker, client) in &all.clients {
        for text in &client.texts {
            assert!(may_hear(*asker, client, text, &channels), "{asker:?} heard {text:?}");
        }
    }
    for (asker, client) in &all.elsewhere {
        for text in &client.texts {
            let is_ours = matches!(
                text,
                ServerText::Chat { .. } | ServerText::ChatDeleted { .. } | ServerText::You { .. }
            );
            assert!(!is_ours, "{asker:?}, on another canvas, heard {text:?}");
        }
    }
}

/// The channel of each message that anybody has read.
fn channels(all: &Audience) -> BTreeMap<i64, u8> {
    let read = all.clients.iter().flat_map(|(_, client)| client.read());
    read.map(|message| (message.id, message.channel)).collect()
}

/// Whether somebody may hear something. Whoever adds a message has to say here
/// who hears it.
fn may_hear(
    asker: Asker,
    client: &Client,
    text: &ServerText,
    channels: &BTreeMap<i64, u8>,
) -> bool {
    let own = client.welcome.you.as_ref();
    let reads = |channel: u8| match channel {
        0 => is_in_class(asker),
        _ if teaches(asker) => true,
        1 => is_in_team_1(asker),
        _ => asker == Rival,
    };
    match text {
        ServerText::Welcome { .. }
        | ServerText::Beat { .. }
        | ServerText::Presence { .. }
        | ServerText::Rules { .. }
        | ServerText::Lesson { .. }
        | ServerText::Announcement { .. }
        | ServerText::AnnouncementOver { .. }
        | ServerText::Reload { .. }
        | ServerText::Notice { .. }
        | ServerText::Error { .. } => true,
        ServerText::Hidden => !teaches(asker),
        ServerText::Allowance { .. } => sits(asker),
        ServerText::You { you: You { seat, .. } } => own.is_some_and(|own| own.seat == *seat),
        // As for what was taken: only whoever wrote has numbers for it.
        ServerText::People { .. } | ServerText::Forgotten { .. } | ServerText::ChatTaken { .. } => {
            is_in_class(asker)
        }
        ServerText::Chat { message } | ServerText::ChatChanged { message } => {
            reads(message.channel)
        }
        ServerText::ChatDeleted { id } => channels.get(id).is_some_and(|channel| reads(*channel)),
        ServerText::ChatRefused { .. } => matches!(asker, Muted | Waiting | Rival),
        ServerText::Desk { .. } => teaches(asker),
    }
}
