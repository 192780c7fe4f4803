//! A full disk: said, survived, and gone on from.

use place_core::Reason;
use serde_json::{Value, json};

use crate::harness::class::CLASS;
use crate::harness::teacher::teacher;
use crate::harness::{
    Answer, Request, Response, Server, SmallDisk, eventually, place_fails, place_ok,
};

/// Room for a server and some drawing.
const DISK_KIB: u32 = 12 * 1024;

#[test]
fn a_full_disk_refuses_pixels_until_there_is_room_again() {
    let Some(disk) = SmallDisk::mount(DISK_KIB) else { return };
    let mut server = Server::on(Some(&disk.data()), &[]);
    let canvas = server.canvas(&json!({
        "name": "Free", "width": 64, "cooldown_ms": 60_000, "saved_max": 1000
    }));
    let mut ada = server.person(&canvas, "Ada");
    let mut ben = server.viewer(&canvas);
    ada.put(0, 0, 7);
    server.get("/readyz").expect(200);

    disk.fill();

    // What is left in the last block of some file may still take a few.
    let mut kept = vec![(0, 0, 7)];
    let (saved, wait_ms) = eventually("the disk is full", || {
        let (x, y) = (kept.len() as u16 % 64, kept.len() as u16 / 64);
        match ada.ask(x, y, 3) {
            Answer::Placed { .. } => {
                kept.push((x, y, 3));
                None
            }
            Answer::Refused { reason: Reason::Storage, color, saved, wait_ms } => {
                assert_eq!(color, Some(0), "the true color comes with it");
                Some((saved, wait_ms))
            }
            other @ Answer::Refused { .. } => panic!("{other:?}"),
        }
    });
    assert!(wait_ms > 0, "when to try again");
    match ada.ask(0, 0, 3) {
        Answer::Refused { reason: Reason::Storage, color: Some(7), saved: still, .. } => {
            assert!(still >= saved, "what is refused costs nothing");
        }
        other => panic!("{other:?}"),
    }
    assert!(server.is_alive());
    let ready = server.get("/readyz").expect(503).json();
    assert_eq!(ready["ready"], false);
    assert!(ready["reason"].as_str().unwrap().contains("full"), "{ready}");
    server.get("/healthz").expect(200);
    server.get(&format!("/api/canvases/{canvas}/image.png")).expect(200);
    let join = Request::post(&format!("/api/canvases/{canvas}/join"));
    server.send(&join.json(&json!({ "nickname": "Eve" }))).expect_error(503, "storage");
    let freeze =
        Request::patch(&format!("/api/canvases/{canvas}")).json(&json!({"mode": "frozen"}));
    server.send(&server.as_admin(freeze)).expect_error(503, "storage");
    assert_eq!(server.info(&canvas)["mode"], "open", "what is not kept did not happen");

    disk.make_room();
    let seq = eventually("it goes on by itself", || match ada.ask(63, 63, 5) {
        Answer::Placed { seq, .. } => Some(seq),
        Answer::Refused { reason: Reason::Storage, .. } => None,
        other @ Answer::Refused { .. } => panic!("{other:?}"),
    });
    kept.push((63, 63, 5));
    server.get("/readyz").expect(200);
    server.join(&canvas, "Eve");
    ben.until("sees it", |me| me.seq() == seq);

    server.kill9();
    server.launch();
    let after = server.viewer(&canvas);
    assert_eq!(after.seq(), seq);
    for (x, y, color) in kept {
        assert_eq!(after.sees(x, y), color, "({x}, {y})");
        assert_eq!(ben.sees(x, y), color, "({x}, {y})");
    }
}

#[test]
fn a_server_on_a_full_disk_stops_well_and_starts_again() {
    let Some(disk) = SmallDisk::mount(DISK_KIB) else { return };
    let mut server = Server::on(Some(&disk.data()), &[]);
    let canvas = server.free_canvas("free", 64);
    let mut ada = server.person(&canvas, "Ada");
    let mut last = ada.put(0, 0, 7);
    disk.fill();
    eventually("the disk is full", || match ada.ask(1, 1, 1) {
        Answer::Placed { seq, .. } => {
            last = seq;
            None
        }
        Answer::Refused { .. } => Some(()),
    });
    let (status, _) = server.terminate();
    assert_eq!(status.code(), Some(0), "{status}");

    disk.make_room();
    server.launch();
    let back = server.viewer(&canvas);
    assert_eq!((back.seq(), back.sees(0, 0)), (last, 7));
    server.person(&canvas, "Ben").put(2, 2, 2);
}

/// A class on a small disk, with somebody who has drawn and somebody to be dealt
/// with.
struct SmallSchool {
    server: Server,
    cookie: String,
}

impl SmallSchool {
    fn on(disk: &SmallDisk) -> Self {
        let server = Server::on(Some(&disk.data()), &[]);
        let cookie = teacher(&server, "Grace");
        let school = Self { server, cookie };
        let wish = json!({
            "name": "Class", "id": CLASS, "width": 64, "height": 64, "cooldown_ms": 0,
            "undo_ms": 30000, "settings": { "join": "open", "look": "anyone" }
        });
        school.send(Request::post("/api/canvases").json(&wish)).expect(201);
        school
    }

    fn send(&self, request: Request) -> Response {
        self.server.send(&request.header("Cookie", &self.cookie))
    }

    fn of_class(method: &str, what: &str, body: &Value) -> Request {
        let request = Request::new(method, &format!("/api/canvases/{CLASS}/{what}"));
        if body.is_null() { request } else { request.json(body) }
    }

    /// What the teacher can look up of the class and its record, without what a
    /// clock says.
    fn looks_like(&self) -> [Value; 5] {
        ["seats", "record", "settings", "invite", "chat"].map(|what| {
            let mut json = self.send(Self::of_class("GET", what, &Value::Null)).expect(200).json();
            without_moments(&mut json);
            json
        })
    }
}

/// Who is here is no deed.
fn without_moments(json: &mut Value) {
    match json {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "online" && name != "seen_ms");
            fields.values_mut().for_each(without_moments);
        }
        Value::Array(values) => values.iter_mut().for_each(without_moments),
        _ => {}
    }
}

/// Everything that a class and its teacher write, beside pixels.
fn deeds(seat: u64, message: i64, seqs: &Value) -> Vec<(&'static str, String, Value)> {
    let of = |what: &str| format!("seats/{seat}/{what}");
    let area = json!({ "x": 0, "y": 0, "width": 9, "height": 9 });
    vec![
        ("POST", of("mute"), json!({ "minutes": null })),
        ("POST", of("standing"), json!({ "status": "frozen" })),
        ("POST", of("remove-pixels"), json!({})),
        ("POST", of("kick"), json!({})),
        ("POST", of("renew"), json!({})),
        ("PATCH", format!("seats/{seat}"), json!({ "nickname": "Somebody else" })),
        ("DELETE", format!("chat/{message}"), Value::Null),
        ("POST", "announce".to_owned(), json!({ "text": "Listen", "minutes": 5 })),
        ("PUT", "teams".to_owned(), json!({ "teams": [{ "name": "Foxes", "color": "#d9480f" }] })),
        ("PATCH", "settings".to_owned(), json!({ "join": "code" })),
        ("POST", "code".to_owned(), json!({ "do": "renew" })),
        ("POST", "revert".to_owned(), json!({ "seqs": seqs })),
        ("POST", "areas/fill".to_owned(), json!({ "area": area, "color": 3 })),
        ("POST", "areas/protect".to_owned(), json!({ "area": area, "on": true })),
        ("POST", "award".to_owned(), json!({ "to": "all", "pixels": 3 })),
        ("POST", "forget".to_owned(), json!({ "name": "Class" })),
    ]
}

#[test]
fn a_full_disk_refuses_every_deed_whole_until_there_is_room_again() {
    let Some(disk) = SmallDisk::mount(DISK_KIB) else { return };
    let mut school = SmallSchool::on(&disk);
    let ben = school.server.join(CLASS, "Ben");
    let mut client = school.server.connect(CLASS, Some(&ben));
    client.follow();
    client.put(20, 20, 2);
    let message = client.chatted(0, "Hello");
    let fill = json!({ "area": { "x": 0, "y": 0, "width": 4, "height": 4 }, "color": 1 });
    let done = school.send(SmallSchool::of_class("POST", "areas/fill", &fill)).expect(200).json();

    disk.fill();
    // What is left in the last block of some file may still take a few.
    eventually("the disk is full", || match client.ask(30, 30, 1) {
        Answer::Refused { reason: Reason::Storage, .. } => Some(()),
        _ => None,
    });
    let before = school.looks_like();
    assert_eq!(client.refused(0, "Nobody keeps this"), "storage");
    let join = Request::post(&format!("/api/canvases/{CLASS}/join"));
    school.server.send(&join.json(&json!({ "nickname": "Eve" }))).expect_error(503, "storage");
    assert_eq!(client.sees(20, 20), 2);
    // The last of them makes room: it empties the log for whoever is forgotten.
    for (method, what, body) in deeds(ben.number, message, &done["seqs"]) {
        let answer = school.send(SmallSchool::of_class(method, &what, &body));
        assert_eq!(answer.status, 503, "{method} {what}: {}", answer.text());
        answer.expect_error(503, "storage");
        assert_eq!(school.looks_like(), before, "{method} {what} is half done");
    }

    disk.make_room();
    eventually("it goes on by itself", || {
        (school.server.get("/readyz").status == 200).then_some(())
    });
    school.server.kill9();
    school.server.launch();
    assert_eq!(school.looks_like(), before, "nothing of it happened later");
    for (method, what, body) in deeds(ben.number, message, &done["seqs"]) {
        let answer = school.send(SmallSchool::of_class(method, &what, &body));
        assert!((200..300).contains(&answer.status), "{method} {what}: {}", answer.text());
    }
}

/// Changes something in a database behind its server's back.
fn tamper(server: &Server, sql: &str) {
    let conn = rusqlite::Connection::open(server.data().join("place.db")).expect("opens");
    assert_eq!(conn.execute(sql, ()).expect("changes"), 1, "{sql}");
}

#[test]
fn damage_is_told_at_the_start_and_mended_from_what_is_whole() {
    let mut server = Server::with(&["--checkpoint-entries=100", "--checkpoint-interval=1s"]);
    let canvas = server.free_canvas("drawn", 64);
    let mut ada = server.person(&canvas, "Ada");
    ada.put(19, 1, 3);
    let data = server.data().to_str().unwrap().to_owned();
    let count = "SELECT count(*) FROM checkpoints";
    let reader = rusqlite::Connection::open(server.data().join("place.db")).expect("opens");
    eventually("there is a checkpoint", || {
        ada.put(0, 0, 1);
        let count: u32 = reader.query_row(count, (), |row| row.get(0)).expect("reads");
        (count > 0).then_some(())
    });
    drop(reader);
    server.terminate();

    // A checkpoint is made again.
    tamper(
        &server,
        "UPDATE checkpoints SET crc = crc + 1 WHERE seq IN (SELECT max(seq) FROM checkpoints)",
    );
    let (_, said) = place_fails(&["check", "--data", &data]);
    assert!(said.contains("checksum") && said.contains("made again"), "{said}");
    server.launch();
    assert_eq!(server.viewer(&canvas).sees(19, 1), 3);
    assert!(server.log().contains("a checkpoint can't be used"));
    server.terminate();
    place_ok(&["check", "--data", &data]);

    // A placement can't be: the server goes on from what is whole, and says so.
    let drawn = server_of_damage(&mut server, &canvas, &data);
    assert_eq!(drawn, 3, "what is whole is there");
}

/// Breaks the last row, and starts the server all the same; the color of a cell
/// that was drawn long before.
fn server_of_damage(server: &mut Server, canvas: &str, data: &str) -> u8 {
    tamper(server, "UPDATE journal SET crc = crc + 1 WHERE key IN (SELECT max(key) FROM journal)");
    let (_, said) = place_fails(&["check", "--data", data]);
    assert!(said.contains("place repair") && said.contains("place restore"), "{said}");
    server.launch();
    let color = server.viewer(canvas).sees(19, 1);
    let log = server.log();
    assert!(log.contains("is damaged at seq"), "{log}");
    assert!(log.contains("can't be read") && log.contains("place.db.broken-"), "{log}");
    server.person(canvas, "Ben").put(5, 5, 2);
    server.terminate();
    place_ok(&["check", "--data", data]);
    color
}

#[test]
fn repair_by_hand_says_what_it_did() {
    let mut server = Server::with(&[]);
    let canvas = server.free_canvas("drawn", 64);
    let mut ada = server.person(&canvas, "Ada");
    ada.put(1, 1, 3);
    let broken = ada.put(2, 2, 4);
    ada.put(3, 3, 5);
    let data = server.data().to_str().unwrap().to_owned();
    server.terminate();
    let conn = rusqlite::Connection::open(server.data().join("place.db")).expect("opens");
    conn.execute("DELETE FROM checkpoints", ()).expect("deletes");
    drop(conn);
    let key = format!("(SELECT number FROM canvases WHERE id = '{canvas}') << 40 | {broken}");
    tamper(&server, &format!("UPDATE journal SET at_ms = at_ms + 1 WHERE key = ({key})"));
    let said = place_ok(&["repair", "--data", &data]);
    assert!(said.contains("\"drawn\"") && said.contains("all good"), "{said}");
    let said = place_ok(&["repair", "--data", &data]);
    assert!(said.contains("nothing to repair"), "{said}");
    server.launch();
    let view = server.viewer(&canvas);
    assert_eq!((view.sees(1, 1), view.sees(2, 2), view.sees(3, 3)), (3, 0, 5));
}
