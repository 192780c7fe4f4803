//! Who may ask for what, and who hears what: everything that the server can be
//! asked, asked as everybody. What is new fails here until a table has it.

mod document;
mod handshake;
mod hearing;
mod http;
mod messages;

use place::http::spec::Endpoint;
use serde_json::{Value, json};

use crate::harness::class::{CLASS, Class};
use crate::harness::teacher::{as_seat, cookie, teacher};
use crate::harness::{Request, Response, Seat};

/// Who asks: all of them know the addresses of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    /// Nobody known.
    Anonymous,
    /// A student of team 1.
    Student,
    /// A student of team 2.
    Rival,
    Frozen,
    Muted,
    /// Sent out, with the cookie from before.
    Kicked,
    Banned,
    /// In front of the door.
    Waiting,
    /// A student of another canvas.
    OfAnotherCanvas,
    /// The student's program, which is in the student's team.
    StudentsBot,
    /// The teacher's program.
    TeachersBot,
    AnotherTeacher,
    Teacher,
    /// With the admin token.
    Owner,
    /// The teacher's browser, which asks to see what hangs on the wall.
    Projector,
}

use Asker::*;

const ASKERS: [Asker; 15] = [
    Anonymous,
    Student,
    Rival,
    Frozen,
    Muted,
    Kicked,
    Banned,
    Waiting,
    OfAnotherCanvas,
    StudentsBot,
    TeachersBot,
    AnotherTeacher,
    Teacher,
    Owner,
    Projector,
];

/// Who may look at the canvas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Anyone,
    Seats,
}

/// A class with one of each.
struct Scene {
    class: Class,
    /// What each shows: a `Cookie`, or an `Authorization` header.
    shown: Vec<(Asker, String)>,
    student: u64,
}

impl Scene {
    fn new(look: Look) -> Self {
        Self::with(look, &[])
    }

    /// The same on a server with these flags.
    fn with(look: Look, flags: &[&str]) -> Self {
        let class = Class::with(flags);
        let another = teacher(&class.server, "Mallory");
        let other = json!({ "name": "Other", "id": "other", "width": 16, "height": 16 });
        class.server.canvas(&other);
        let elsewhere = class.server.join("other", "Eve");
        class.settings(&json!({ "bots": true, "scores": true }));
        let teams = ["Reds", "Blues"].map(|name| json!({ "name": name, "color": "#d00000" }));
        class.change("PUT", "teams", &json!({ "teams": teams })).expect(200);
        let mut scene = Self { class, shown: Vec::new(), student: 0 };
        scene.seat_people();
        scene.show(OfAnotherCanvas, &elsewhere.cookie);
        scene.show(AnotherTeacher, &another);
        let teacher = scene.class.teacher.clone();
        scene.show(Teacher, &teacher);
        scene.show(Projector, &teacher);
        scene.close_the_door(look);
        scene
    }

    fn show(&mut self, asker: Asker, shown: &str) {
        self.shown.push((asker, shown.to_owned()));
    }

    /// Those who come in by name, and their bots.
    fn seat_people(&mut self) {
        let people = [
            (Student, "Ada", json!({ "team": 1 })),
            (Rival, "Rob", json!({ "team": 2 })),
            (Frozen, "Bob", json!({ "status": "frozen", "team": 1 })),
            (Muted, "Mia", json!({ "team": 1 })),
            (Kicked, "Kim", json!({ "team": 1 })),
            (Banned, "Cleo", json!({ "status": "banned", "team": 1 })),
        ];
        for (asker, name, standing) in people {
            let seat = self.class.server.join(CLASS, name);
            self.class.tool(&format!("seats/{}/standing", seat.number), &standing);
            match asker {
                Student => self.student = seat.number,
                Muted => self.punish(&seat, "mute", &json!({ "minutes": 5 })),
                Kicked => self.punish(&seat, "kick", &json!({})),
                _ => {}
            }
            self.show(asker, &seat.cookie);
        }
        let made = self.ask(Request::post(&in_class("bots")).json(&named("Robo")), Student);
        self.show(StudentsBot, &bearer(made));
        let made = self.class.change("POST", "bots", &named("Helper"));
        self.show(TeachersBot, &bearer(made));
    }

    fn punish(&self, seat: &Seat, how: &str, body: &Value) {
        self.class.change("POST", &format!("seats/{}/{how}", seat.number), body).expect(204);
    }

    /// From now on the teacher lets people in; one of them waits.
    fn close_the_door(&mut self, look: Look) {
        let look = if look == Look::Anyone { "anyone" } else { "seats" };
        self.class.settings(&json!({ "join": "approve", "look": look }));
        let code = self.class.tool("code", &json!({ "do": "open" }));
        let wish = json!({ "nickname": "Dora", "code": code["code"] });
        let waiting = self.class.server.send(&Request::post(&in_class("join")).json(&wish));
        self.show(Waiting, &cookie(&waiting.expect(201)));
    }

    /// What somebody shows; empty for nobody.
    fn shown(&self, asker: Asker) -> String {
        if asker == Owner {
            let token = std::fs::read_to_string(self.class.server.data().join("admin-token"));
            return format!("Bearer {}", token.expect("made at the start").trim());
        }
        let found = self.shown.iter().find(|(known, _)| *known == asker);
        match (found, asker) {
            (Some((_, shown)), _) => shown.clone(),
            (None, Anonymous) => String::new(),
            (None, _) => panic!("{asker:?} is not there"),
        }
    }

    /// Somebody as one who connects to a canvas.
    fn seat(&self, asker: Asker) -> Option<Seat> {
        (asker != Anonymous).then(|| as_seat(CLASS, &self.shown(asker)))
    }

    /// The request, with what somebody shows.
    fn as_asker(&self, request: Request, asker: Asker) -> Request {
        let shown = self.shown(asker);
        match shown.as_str() {
            "" => request,
            program if program.starts_with("Bearer ") => request.header("Authorization", program),
            cookie => request.header("Cookie", cookie),
        }
    }

    fn ask(&self, request: Request, asker: Asker) -> Response {
        self.class.server.send(&self.as_asker(request, asker))
    }

    /// An endpoint's own example, about things that there are.
    fn request(&self, endpoint: &Endpoint) -> Request {
        let path = address(endpoint, CLASS, self.student);
        let request = match endpoint.success {
            101 => upgrade(&path),
            _ => Request::new(endpoint.method, &path),
        };
        match endpoint.example() {
            Some(body) => request.json(&body),
            None if endpoint.method == "GET" => request,
            None => request.json(&json!({})),
        }
    }
}

/// The address of an endpoint, about a canvas and a seat.
fn address(endpoint: &Endpoint, canvas: &str, seat: u64) -> String {
    let path = endpoint.path.replace("/canvases/{id}", &format!("/canvases/{canvas}"));
    let path = path.replace("{seat}", &seat.to_string());
    let path = path.replace("{x}", "0").replace("{y}", "0").replace("{name}", "none.png");
    let path = path.replace("{link}", "0000");
    let path = ["{message}", "{report}", "{announcement}", "{id}", "{number}"]
        .iter()
        .fold(path, |path, name| path.replace(name, "999"));
    assert!(!path.contains('{'), "{path}: what is to stand there?");
    path
}

/// A path of the class's canvas.
fn in_class(what: &str) -> String {
    format!("/api/canvases/{CLASS}/{what}")
}

fn named(name: &str) -> Value {
    json!({ "name": name })
}

/// What a bot shows that was just made.
fn bearer(made: Response) -> String {
    format!("Bearer {}", made.expect(201).json()["token"].as_str().expect("a secret"))
}

/// A handshake that would succeed.
fn upgrade(path: &str) -> Request {
    Request::get(path)
        .header("Upgrade", "websocket")
        .header("Connection", "Upgrade")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Sec-WebSocket-Protocol", "place.v1")
}
