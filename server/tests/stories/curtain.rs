//! The curtain: nothing of the picture reaches those from whom it is hidden.

use place_core::Reason;
use place_core::wire::lesson::Curtain;
use place_core::wire::text::ServerText;
use serde_json::json;

use crate::harness::teacher::{as_seat, teacher};
use crate::harness::{Answer, Client, Request, Response, Server, eventually};

const CANVAS: &str = "class";

struct Class {
    server: Server,
    teacher: String,
}

impl Class {
    fn new(flags: &[&str]) -> Self {
        let server = Server::with(flags);
        let teacher = teacher(&server, "Grace");
        server.free_canvas(CANVAS, 32);
        Self { server, teacher }
    }

    fn draw(&self, curtain: &str) {
        let path = format!("/api/canvases/{CANVAS}/settings");
        let request = Request::patch(&path).json(&json!({ "curtain": curtain }));
        self.server.send(&request.header("Cookie", &self.teacher)).expect(200);
    }

    fn desk(&self) -> Client {
        let mut desk = self.server.connect(CANVAS, Some(&as_seat(CANVAS, &self.teacher)));
        desk.follow();
        desk
    }

    /// Puts a pixel for everybody, as a tool of the teacher's.
    fn paint(&self, x: u16, color: u8) {
        let area = json!({ "x": x, "y": 0, "width": 1, "height": 1 });
        let path = format!("/api/canvases/{CANVAS}/areas/fill");
        let request = Request::post(&path).json(&json!({ "area": area, "color": color }));
        self.server.send(&request.header("Cookie", &self.teacher)).expect(200);
    }

    /// All that shows the picture.
    fn pictures(&self, cookie: Option<&str>) -> Vec<Response> {
        let get = |what: &str| {
            let request = Request::get(&format!("/api/canvases/{CANVAS}/{what}"));
            let request = match cookie {
                Some(cookie) => request.header("Cookie", cookie),
                None => request,
            };
            self.server.send(&request)
        };
        ["board", "image.png", "image.png?thumb=64", "image.png?scale=4", "snapshots"]
            .map(get)
            .into()
    }
}

fn is_hidden(client: &Client) -> bool {
    client.texts.contains(&ServerText::Hidden)
}

/// Waits until a client has heard everything that was said before: an answer of
/// its own comes behind it.
fn catch_up(client: &mut Client) {
    assert!(matches!(client.undo(), Answer::Refused { .. }));
}

#[test]
fn those_who_watched_are_stopped_and_those_who_come_are_not_let_see() {
    let class = Class::new(&[]);
    let seat = class.server.join(CANVAS, "Ada");
    let mut ada = class.server.connect(CANVAS, Some(&seat));
    ada.follow();
    let (mut onlooker, mut desk) = (class.server.viewer(CANVAS), class.desk());
    class.paint(1, 5);
    for viewer in [&mut ada, &mut onlooker, &mut desk] {
        viewer.until("sees it", |me| me.sees(1, 0) == 5);
    }

    class.draw("everyone");
    for viewer in [&mut ada, &mut onlooker] {
        viewer.until("is told", is_hidden);
        assert_eq!(viewer.lesson().curtain, Curtain::Everyone);
    }
    let before = [&ada, &onlooker].map(|viewer| viewer.deltas);
    class.paint(2, 6);
    desk.until("sees it", |me| me.sees(2, 0) == 6);
    for viewer in [&mut ada, &mut onlooker] {
        viewer.watch(Some(1));
        viewer.watch(None);
    }
    class.paint(3, 7);
    desk.until("sees it", |me| me.sees(3, 0) == 7);
    for viewer in [&mut ada, &mut onlooker] {
        catch_up(viewer);
    }
    assert_eq!([&ada, &onlooker].map(|viewer| viewer.deltas), before, "not one delta");
    for color in [1, 200] {
        let Answer::Refused { reason, color, .. } = ada.ask(2, 0, color) else {
            panic!("nobody draws behind a curtain")
        };
        assert_eq!((reason, color), (Reason::Frozen, None), "the answer tells no color");
    }
    let mut later = class.server.connect(CANVAS, Some(&seat));
    later.watch(Some(1));
    later.until("is told", is_hidden);
    catch_up(&mut later);
    assert_eq!(later.deltas, 0);
    for cookie in [None, Some(seat.cookie.as_str())] {
        for picture in class.pictures(cookie) {
            picture.expect_error(403, "hidden");
        }
    }
    for picture in class.pictures(Some(&class.teacher)) {
        picture.expect(200);
    }

    class.draw("audience");
    for viewer in [&mut ada, &mut later] {
        viewer.until("is shown it", |me| me.reloads == 1 && me.sees(3, 0) == 7);
    }
    class.paint(4, 8);
    ada.until("is live again", |me| me.sees(4, 0) == 8);
    for picture in class.pictures(None) {
        picture.expect_error(403, "hidden");
    }
    for picture in class.pictures(Some(&seat.cookie)) {
        picture.expect(200);
    }
    catch_up(&mut onlooker);
    assert_eq!((onlooker.deltas, onlooker.reloads), (before[1], 0));

    class.draw("none");
    onlooker.until("is shown it", |me| me.reloads == 1 && me.sees(4, 0) == 8);
    class.paint(5, 9);
    onlooker.until("is live again", |me| me.sees(5, 0) == 9);
    assert_eq!(ada.reloads, 1, "who saw it all the time is left in peace");
    assert_eq!(desk.reloads, 0);
}

#[test]
fn a_projector_may_always_look_and_sees_what_onlookers_see() {
    let class = Class::new(&[]);
    let path = format!("/api/canvases/{CANVAS}/settings");
    let only_seats = Request::patch(&path).json(&json!({ "look": "seats" }));
    class.server.send(&only_seats.header("Cookie", &class.teacher)).expect(200);
    let picture = |what: &str, cookie: &str| {
        let path = format!("/api/canvases/{CANVAS}/{what}?as=onlooker");
        class.server.send(&Request::get(&path).header("Cookie", cookie))
    };
    let seat = class.server.join(CANVAS, "Ada");
    picture("board", &seat.cookie).expect_error(403, "seats_only");
    picture("board", &class.teacher).expect(200);

    let as_onlooker = format!("{CANVAS}?as=onlooker");
    let mut wall = class.server.connect(&as_onlooker, Some(&as_seat(CANVAS, &class.teacher)));
    assert_eq!((&wall.welcome.you, &wall.welcome.seat), (&None, &None));
    wall.watch(None);
    wall.until("is live", |me| me.texts.iter().any(|text| matches!(text, ServerText::Beat { .. })));
    class.draw("audience");
    wall.until("is told", is_hidden);
    for what in ["board", "image.png"] {
        picture(what, &class.teacher).expect_error(403, "hidden");
    }
    let mut desk = class.desk();
    class.paint(1, 5);
    desk.until("sees it", |me| me.sees(1, 0) == 5);
    catch_up(&mut wall);
    assert_eq!(wall.deltas, 0, "not one delta");
}

#[test]
fn the_curtain_stays_drawn_over_a_restart_and_pictures_are_kept_all_the_same() {
    let mut class = Class::new(&["--snapshot-interval", "1s"]);
    class.draw("everyone");
    class.paint(1, 5);
    let path = format!("/api/canvases/{CANVAS}/snapshots");
    let kept = |class: &Class| {
        let request = Request::get(&path).header("Cookie", &class.teacher);
        let list = class.server.send(&request).expect(200).json();
        list["snapshots"].as_array().expect("a list").clone()
    };
    let name = eventually("a picture is kept", || {
        kept(&class).first().map(|one| one["name"].as_str().expect("a name").to_owned())
    });
    let one = format!("{path}/{name}");
    class.server.get(&one).expect_error(403, "hidden");
    class.server.restart();
    let mut onlooker = class.server.connect(CANVAS, None);
    onlooker.watch(None);
    onlooker.until("is told", is_hidden);
    class.server.get(&one).expect_error(403, "hidden");
    class.server.send(&Request::get(&one).header("Cookie", &class.teacher)).expect(200);
}
