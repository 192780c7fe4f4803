//! Who may not look any more, and what is asked by somebody who hangs up.

use std::io::Write;
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use place_core::session::close_code;
use serde_json::json;
use socket2::SockRef;

use crate::harness::teacher::{Browser, as_seat, school, teacher};
use crate::harness::{Client, Request, Server, eventually};

const CANVAS: &str = "class";

fn class<'a>(server: &'a Server, cookie: &str, id: &str) -> Browser<'a> {
    let teacher = Browser { server, cookie: cookie.to_owned() };
    teacher.canvas(&json!({
        "name": "Class", "id": id, "width": 16, "cooldown_ms": 0,
        "settings": { "join": "open", "look": "anyone" }
    }));
    teacher
}

fn ended(client: &mut Client) -> u16 {
    u16::from(client.until_ended().expect("a close frame").code)
}

#[test]
fn onlookers_leave_when_only_seats_may_look() {
    let (server, cookie) = school();
    let grace = class(&server, &cookie, CANVAS);
    let mut ada = server.person(CANVAS, "Ada");
    let mut onlooker = server.connect(CANVAS, None);
    let wall = format!("{CANVAS}?as=onlooker");
    let mut projector = server.connect(&wall, Some(&as_seat(CANVAS, &cookie)));
    projector.follow();
    grace.set(CANVAS, &json!({ "look": "seats" }));
    assert_eq!(ended(&mut onlooker), close_code::TRY_AGAIN);
    server.get(&format!("/api/canvases/{CANVAS}/board")).expect_error(403, "seats_only");
    let seq = ada.put(1, 1, 2);
    projector.until("goes on", |me| me.seq() == seq);
}

#[test]
fn a_teacher_whose_canvas_it_is_not_any_more_reads_no_further() {
    let (server, cookie) = school();
    let grace = class(&server, &cookie, CANVAS);
    let emmy = teacher(&server, "Emmy Noether");
    let shared = grace.post(CANVAS, "teachers", &json!({ "name": "Emmy Noether" }));
    let shared = shared.expect(201).json();
    let number =
        shared["teachers"].as_array().expect("a list").last().expect("Emmy")["number"].clone();
    let mut of_emmy = server.connect(CANVAS, Some(&as_seat(CANVAS, &emmy)));
    let mut of_grace = server.connect(CANVAS, Some(&as_seat(CANVAS, &cookie)));
    let mut ada = server.person(CANVAS, "Ada");
    let first = ada.chatted(0, "one");
    of_emmy.reads(first);
    grace.send(Request::delete(&format!("/api/canvases/{CANVAS}/teachers/{number}"))).expect(204);
    assert_eq!(ended(&mut of_emmy), close_code::TRY_AGAIN);
    let second = ada.chatted(0, "two");
    of_grace.reads(second);
    // Whoever comes back is an onlooker like any other.
    let mut again = server.connect(CANVAS, Some(&as_seat(CANVAS, &emmy)));
    ada.chatted(0, "three");
    again.listen_briefly();
    assert_eq!(again.read().count(), 0);
}

#[test]
fn what_was_asked_for_happens_although_the_asker_hangs_up() {
    const ASKERS: u64 = 40;
    let (server, cookie) = school();
    let ids: Vec<String> = (0..ASKERS).map(|number| format!("class-{number}")).collect();
    for id in &ids {
        class(&server, &cookie, id);
    }
    for (id, delay) in ids.iter().zip(0..) {
        let body = json!({ "slow_s": 77 }).to_string();
        let mut socket = TcpStream::connect(server.address().socket()).expect("connects");
        write!(
            socket,
            "PATCH /api/canvases/{id}/settings HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("writes");
        // At another moment of the request each time.
        thread::sleep(Duration::from_micros(100) * delay);
        // A reset, not an end: the server gives the connection up at once.
        SockRef::from(&socket).set_linger(Some(Duration::ZERO)).expect("is set");
    }
    let grace = Browser { server: &server, cookie };
    let mut done = 0;
    for id in &ids {
        done += eventually("what is on record is in force", || {
            let on_record = grace.get(id, "record").expect(200).text().contains("\"settings\"");
            let settings = grace.get(id, "settings").expect(200).json();
            let in_force = settings["settings"]["slow_s"] == 77;
            (on_record == in_force).then_some(u32::from(in_force))
        });
    }
    assert!(done > 0, "some of them were heard in time");
}
