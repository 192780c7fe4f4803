//! What teachers say to everybody.

use place_core::wire::lesson::Announcement;
use place_core::wire::text::ServerText;
use serde_json::{Value, json};

use crate::harness::teacher::teacher;
use crate::harness::{Client, Request, Response, Server, place_fails, place_ok};

const CANVAS: &str = "class";

fn announce(server: &Server, cookie: &str, text: &str, minutes: u32) -> Response {
    let path = format!("/api/canvases/{CANVAS}/announce");
    let body = json!({ "text": text, "minutes": minutes });
    server.send(&Request::post(&path).json(&body).header("Cookie", cookie))
}

fn heard(client: &Client) -> Vec<&Announcement> {
    let heard = client.texts.iter().filter_map(|text| match text {
        ServerText::Announcement { announcement } => Some(announcement),
        _ => None,
    });
    heard.collect()
}

fn shown(client: &Client) -> Vec<&str> {
    let shown = client.welcome.lesson.announcements.iter();
    shown.map(|announcement| announcement.text.as_str()).collect()
}

fn number(answer: &Value) -> i64 {
    answer["announcement"]["id"].as_i64().expect("a number")
}

#[test]
fn an_announcement_is_heard_by_all_and_by_those_who_come_later() {
    let mut server = Server::start();
    server.free_canvas(CANVAS, 16);
    let grace = teacher(&server, "Grace");
    let mut onlooker = server.connect(CANVAS, None);
    let mut elsewhere = server.connect("playground", None);
    announce(&server, &grace, "", 5).expect_error(400, "invalid");
    announce(&server, &grace, "later", 241).expect_error(400, "invalid");
    announce(&server, "", "not me", 5).expect_error(401, "not_allowed");
    let made = announce(&server, &grace, " Break  in five minutes ", 5).expect(201).json();
    onlooker.until("hears it", |me| !heard(me).is_empty());
    let announcement = heard(&onlooker)[0];
    assert_eq!(
        (announcement.text.as_str(), announcement.from.as_str()),
        ("Break in five minutes", "Grace")
    );
    assert_eq!(announcement.ends_ms - announcement.at_ms, 300_000);

    server.kill9();
    server.launch();
    let mut later = server.connect(CANVAS, None);
    assert_eq!(shown(&later), ["Break in five minutes"]);
    assert_eq!(later.welcome.lesson.announcements[0].from, "Grace");
    let id = number(&made);
    let path = format!("/api/canvases/{CANVAS}/announcements/{id}");
    server.send(&Request::delete(&path)).expect_error(401, "not_allowed");
    let foreign = format!("/api/canvases/playground/announcements/{id}");
    server.send(&Request::delete(&foreign).header("Cookie", &grace)).expect_error(404, "not_found");
    server.send(&Request::delete(&path).header("Cookie", &grace)).expect(204);
    server.send(&Request::delete(&path).header("Cookie", &grace)).expect_error(404, "not_found");
    later.until("hears of it", |me| me.texts.contains(&ServerText::AnnouncementOver { id }));
    server.restart();
    assert_eq!(shown(&server.connect(CANVAS, None)), [""; 0]);
    elsewhere.listen_briefly();
    assert!(heard(&elsewhere).is_empty(), "it was for one canvas");
}

#[test]
fn a_sixth_ends_the_first() {
    let mut server = Server::start();
    server.free_canvas(CANVAS, 16);
    let grace = teacher(&server, "Grace");
    let mut onlooker = server.connect(CANVAS, None);
    let first = number(&announce(&server, &grace, "one", 5).expect(201).json());
    for text in ["two", "three", "four", "five", "six"] {
        announce(&server, &grace, text, 5).expect(201);
    }
    onlooker
        .until("hears of it", |me| me.texts.contains(&ServerText::AnnouncementOver { id: first }));
    let last_five = ["two", "three", "four", "five", "six"];
    assert_eq!(shown(&server.connect(CANVAS, None)), last_five);
    server.restart();
    assert_eq!(shown(&server.connect(CANVAS, None)), last_five);
}

#[test]
fn the_owner_of_the_server_speaks_on_every_canvas() {
    let mut server = Server::start();
    server.free_canvas(CANVAS, 16);
    let grace = teacher(&server, "Grace");
    let mut viewers = [CANVAS, "playground"].map(|canvas| server.connect(canvas, None));
    let body = json!({ "text": "hello", "minutes": 5 });
    let request = Request::post("/api/announce").json(&body);
    server.send(&request).expect_error(401, "not_allowed");
    let as_teacher = request.clone().header("Cookie", &grace);
    server.send(&as_teacher).expect_error(403, "owner_only");
    server.send(&server.as_admin(request)).expect(201);
    let data = server.data().to_str().expect("UTF-8").to_owned();
    let text = "The server restarts in 2 minutes";
    place_ok(&["announce", text, "--minutes", "2", "--data", &data]);
    for viewer in &mut viewers {
        viewer.until("hears both", |me| heard(me).len() == 2);
        let last = heard(viewer)[1];
        assert_eq!((last.text.as_str(), last.from.as_str()), (text, ""));
        assert_eq!(last.ends_ms - last.at_ms, 120_000);
    }
    let (_, wrong) = place_fails(&["announce", text, "--minutes", "0", "--data", &data]);
    assert!(wrong.contains("1 to 240 minutes"), "{wrong}");
    server.restart();
    server.free_canvas("new", 16);
    for canvas in [CANVAS, "playground", "new"] {
        assert_eq!(shown(&server.connect(canvas, None)), ["hello", text]);
    }
    server.terminate();
    let (_, nobody) = place_fails(&["announce", text, "--data", &data]);
    assert!(nobody.contains("no server runs"), "{nobody}");
}
