//! Forgetting: names and words go, the picture stays.

use place::store::{NewSeat, Setup, Store, StoreOptions};
use place_core::session::close_code;
use place_core::wire::text::ServerText;
use place_core::{Canvas, Mode, Palette, PaletteColor, Rules, Size};
use serde_json::{Value, json};

use crate::harness::teacher::{Browser, as_seat, school, teacher};
use crate::harness::{Client, Request, Seat, Server, eventually, place_fails, place_ok};

const CANVAS: &str = "class";

fn class<'a>(server: &'a Server, cookie: &str) -> Browser<'a> {
    let teacher = Browser { server, cookie: cookie.to_owned() };
    teacher.canvas(&json!({
        "name": "Class 5b", "id": CANVAS, "width": 32, "cooldown_ms": 0,
        "settings": { "join": "open", "look": "anyone" }
    }));
    teacher
}

fn person(server: &Server, name: &str) -> (Seat, Client) {
    let seat = server.join(CANVAS, name);
    let mut client = server.connect(CANVAS, Some(&seat));
    client.follow();
    (seat, client)
}

fn me(server: &Server, seat: &Seat) -> Value {
    let request =
        Request::get(&format!("/api/canvases/{CANVAS}/me")).header("Cookie", &seat.cookie);
    server.send(&request).expect(200).json()
}

fn ended(client: &mut Client) -> u16 {
    u16::from(client.until_ended().expect("a close frame").code)
}

/// Whether a text is in any file of the data folder.
fn is_kept(server: &Server, text: &str) -> bool {
    let mut folders = vec![server.data().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the data folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // The control socket is no file to read.
            let bytes = std::fs::read(path).unwrap_or_default();
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                return true;
            }
        }
    }
    false
}

#[test]
fn one_person_is_forgotten_and_the_pixels_stay() {
    let (mut server, cookie) = school();
    let grace = class(&server, &cookie);
    let (ada, mut of_ada) = person(&server, "Ada Xylophone");
    let (_, mut of_bob) = person(&server, "Bob");
    let mut desk = server.connect(CANVAS, Some(&as_seat(CANVAS, &cookie)));
    of_ada.put(1, 1, 5);
    let said = of_ada.chatted(0, "my secret is Quintilian");
    let named = of_bob.chatted(0, "hello @ada xylophone !");
    of_bob.reads(said);
    assert!(is_kept(&server, "Ada Xylophone") && is_kept(&server, "Quintilian"));

    let path = format!("seats/{}/forget", ada.number);
    let request = Request::post(&format!("/api/canvases/{CANVAS}/{path}"));
    server.send(&request.clone().json(&json!({}))).expect_error(401, "not_allowed");
    let student = request.clone().header("Cookie", &ada.cookie);
    server.send(&student.json(&json!({}))).expect_error(401, "not_allowed");
    let stranger = Browser { server: &server, cookie: teacher(&server, "Emmy Noether") };
    stranger.post(CANVAS, &path, &json!({})).expect_error(403, "not_yours");
    grace.post(CANVAS, "seats/99/forget", &json!({})).expect_error(404, "no_such_seat");

    grace.post(CANVAS, &path, &json!({})).expect(204);

    assert_eq!(ended(&mut of_ada), close_code::SEAT_ENDED);
    of_bob.until("hears that it is gone", |me| {
        me.texts.iter().any(|text| matches!(text, ServerText::ChatDeleted { id } if *id == said))
    });
    desk.until("is told", |me| {
        me.texts.iter().any(|text| matches!(text, ServerText::Desk { what } if what == "people"))
    });
    for text in ["Ada Xylophone", "ada xylophone", "Quintilian"] {
        assert!(!is_kept(&server, text), "{text}");
    }
    assert_eq!(me(&server, &ada)["seat"], Value::Null);
    grace.post(CANVAS, &path, &json!({})).expect_error(404, "no_such_seat");
    drop(grace);
    server.restart();
    let grace = Browser { server: &server, cookie };
    let people = grace.get(CANVAS, "seats").expect(200).json();
    let nicknames: Vec<_> =
        people["seats"].as_array().unwrap().iter().map(|s| &s["nickname"]).collect();
    assert_eq!(nicknames, ["Bob"]);
    let chat = grace.get(CANVAS, "chat").expect(200).json();
    let messages = chat["messages"].as_array().expect("messages");
    let of = |id: i64| messages.iter().find(|message| message["id"] == id).expect("it is listed");
    assert_eq!((&of(said)["text"], &of(said)["is_deleted"]), (&json!(""), &json!(true)));
    assert_eq!((&of(named)["text"], &of(named)["mentions"]), (&json!("hello @… !"), &json!([])));
    assert_eq!(server.viewer(CANVAS).sees(1, 1), 5);
    let who = grace.get(CANVAS, "cells/1/1/who").expect(200).json();
    assert_eq!((&who["by"]["seat"], &who["by"]["nickname"]), (&json!(ada.number), &Value::Null));
    assert_ne!(server.join(CANVAS, "Ada Xylophone").number, ada.number, "the name is free");
}

#[test]
fn former_names_are_forgotten_too_and_open_screens_drop_them() {
    let (server, cookie) = school();
    let grace = class(&server, &cookie);
    let (ada, mut of_ada) = person(&server, "Ada Xylophone");
    let (bob, mut of_bob) = person(&server, "Bob");
    let early = of_bob.chatted(0, "@Ada Xylophone draws well");
    let rename = Request::post(&format!("/api/canvases/{CANVAS}/join"));
    let body = json!({ "nickname": "Quagga", "seat": ada.number });
    let rename = rename.json(&body).header("Cookie", &ada.cookie);
    server.send(&rename).expect(200);
    of_bob.until("hears the new name", |me| {
        me.people().iter().any(|person| person.nickname.as_deref() == Some("Quagga"))
    });
    let late = of_bob.chatted(0, "hello @quagga");
    let deleted = of_bob.chatted(0, "Xylophone and ada xylophone");
    grace.send(Request::delete(&format!("/api/canvases/{CANVAS}/chat/{deleted}"))).expect(204);
    of_ada.reads(late);

    grace.post(CANVAS, &format!("seats/{}/forget", ada.number), &json!({})).expect(204);

    let seats = vec![ada.number as u32];
    of_bob.until("is told whom to forget", |me| {
        me.texts.contains(&ServerText::Forgotten { seats: seats.clone() })
    });
    for (id, text) in [(early, "@… draws well"), (late, "hello @…")] {
        of_bob.until("is told what is left of a message", |me| {
            me.texts.iter().any(|told| {
                matches!(told, ServerText::ChatChanged { message }
                    if message.id == id && message.text == text && message.mentions.is_empty())
            })
        });
    }
    for text in ["Ada Xylophone", "ada xylophone", "Quagga", "quagga"] {
        assert!(!is_kept(&server, text), "{text}");
    }
    let restored = format!("chat/{deleted}/restore");
    grace.post(CANVAS, &restored, &json!({})).expect(204);
    let chat = grace.get(CANVAS, "chat").expect(200).text();
    assert!(chat.contains("Xylophone and …"), "{chat}");
    assert_eq!(me(&server, &bob)["seat"]["nickname"], "Bob");
}

#[test]
fn a_class_is_forgotten_when_its_name_is_typed() {
    let (mut server, cookie) = school();
    let grace = class(&server, &cookie);
    grace.set(CANVAS, &json!({ "bots": true }));
    let (ada, mut of_ada) = person(&server, "Ada Xylophone");
    person(&server, "Bob Zeppelin");
    of_ada.put(2, 2, 5);
    let bot = Request::post(&format!("/api/canvases/{CANVAS}/bots")).header("Cookie", &ada.cookie);
    server.send(&bot.json(&json!({ "name": "Robot Quagga" }))).expect(201);
    grace.post(CANVAS, "forget", &json!({ "name": "Class" })).expect_error(400, "invalid");
    grace.post(CANVAS, "forget", &json!({})).expect_error(400, "invalid");
    let right = json!({ "name": "Class 5b" });
    let stranger = Browser { server: &server, cookie: teacher(&server, "Emmy Noether") };
    stranger.post(CANVAS, "forget", &right).expect_error(403, "not_yours");
    let request = Request::post(&format!("/api/canvases/{CANVAS}/forget")).json(&right);
    server.send(&request.header("Cookie", &ada.cookie)).expect_error(401, "not_allowed");
    assert_ne!(me(&server, &ada)["seat"], Value::Null);

    let done = grace.post(CANVAS, "forget", &right).expect(200).json();

    assert_eq!(done, json!({ "forgotten": 3 }));
    assert_eq!(ended(&mut of_ada), close_code::SEAT_ENDED);
    for text in ["Xylophone", "Zeppelin", "Quagga"] {
        assert!(!is_kept(&server, text), "{text}");
    }
    assert!(!server.log().contains("Xylophone"), "{}", server.log());
    assert_eq!(grace.get(CANVAS, "seats").expect(200).json()["seats"], json!([]));
    let record = grace.get(CANVAS, "record").expect(200).text();
    assert!(record.contains("forget") && record.contains("3 people"), "{record}");
    drop(grace);
    server.restart();
    assert_eq!(server.viewer(CANVAS).sees(2, 2), 5);
    assert_eq!(me(&server, &ada)["seat"], Value::Null);
}

#[test]
fn the_command_forgets_beside_the_server_and_without_it() {
    let (mut server, cookie) = school();
    let grace = class(&server, &cookie);
    let (_, mut of_ada) = person(&server, "Ada Xylophone");
    person(&server, "Bob Zeppelin");
    person(&server, "Cy Quagga");
    drop(grace);
    let data = server.data().to_str().expect("UTF-8").to_owned();
    let said = place_ok(&["forget", CANVAS, "--seat", "1", "--data", &data]);
    assert!(said.contains("Forgotten: 1") && said.contains("Backups"), "{said}");
    assert_eq!(ended(&mut of_ada), close_code::SEAT_ENDED);
    assert!(!is_kept(&server, "Xylophone") && is_kept(&server, "Zeppelin"));
    let (_, said) = place_fails(&["forget", CANVAS, "--seat", "1", "--data", &data]);
    assert!(said.contains("seat 1"), "{said}");
    for args in [&["forget", CANVAS][..], &["forget", CANVAS, "--seat", "1", "--class"]] {
        let (code, _) = place_fails(&[args, &["--data", &data]].concat());
        assert_eq!(code, 2, "{args:?}");
    }
    server.terminate();
    let said = place_ok(&["forget", CANVAS, "--seat", "2", "--data", &data]);
    assert!(said.contains("Forgotten: 1"), "{said}");
    assert!(!is_kept(&server, "Zeppelin"));
    server.launch();
    let said = place_ok(&["forget", CANVAS, "--class", "--data", &data]);
    assert!(said.contains("Forgotten: 1"), "{said}");
    assert!(!is_kept(&server, "Quagga"));
    let (_, said) = place_fails(&["forget", "nowhere", "--class", "--data", &data]);
    assert!(said.contains("nowhere"), "{said}");
    let grace = Browser { server: &server, cookie };
    assert_eq!(grace.get(CANVAS, "seats").expect(200).json()["seats"], json!([]));
}

/// A canvas of long ago, with one person, kept for so many days.
fn of_long_ago(store: &Store, id: &str, person: &str, purge_days: u16) {
    const LONG_AGO_MS: u64 = 1_600_000_000_000;
    let palette = Palette::new(vec![
        PaletteColor { rgb: [0; 3], name: "black".to_owned() },
        PaletteColor { rgb: [255; 3], name: "white".to_owned() },
    ]);
    let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
    let size = Size::new(16, 16).expect("within the limits");
    let genesis = Canvas::genesis(size, palette.expect("two colors"), rules, LONG_AGO_MS);
    let setup = Setup {
        settings: Some(json!({ "purge_days": purge_days }).to_string()),
        people: vec![NewSeat::student(person, [1; 32], LONG_AGO_MS)],
        new_card: Some(new_card),
        ..Setup::default()
    };
    store.create_canvas_with(id, id, LONG_AGO_MS, &genesis, setup).expect("is created");
}

/// A card that no other has.
fn new_card() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static MADE: AtomicU32 = AtomicU32::new(0);
    format!("CARD{:05}", MADE.fetch_add(1, Ordering::Relaxed))
}

#[test]
fn people_are_forgotten_by_themselves_after_the_days_that_the_teacher_set() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path(), StoreOptions::default()).expect("opens");
    of_long_ago(&store, "old", "Ada Xylophone", 30);
    of_long_ago(&store, "kept", "Bob Zeppelin", 0);
    store.close().expect("closes");
    drop(store);
    let server = Server::on(Some(folder.path()), &[]);
    let seats = |canvas: &str| {
        let request = Request::get(&format!("/api/canvases/{canvas}/seats"));
        server.send(&server.as_admin(request)).expect(200).json()["seats"].clone()
    };
    eventually("Ada is forgotten", || (seats("old") == json!([])).then_some(()));
    eventually("and gone from the files", || (!is_kept(&server, "Xylophone")).then_some(()));
    assert_eq!(seats("kept")[0]["nickname"], "Bob Zeppelin");
    let request = Request::get("/api/canvases/old/record");
    let record = server.send(&server.as_admin(request)).expect(200).text();
    assert!(record.contains("purge"), "{record}");
}
