//! A class: a canvas on which nobody waits, its teacher, and people who draw.

use serde_json::{Value, json};

use super::teacher::teacher;
use super::{Client, Request, Response, Seat, Server};

/// The id of a class's canvas.
pub(crate) const CLASS: &str = "class";

/// A server with one class.
pub(crate) struct Class {
    pub(crate) server: Server,
    /// The cookie of its teacher, who is called Grace.
    pub(crate) teacher: String,
}

impl Class {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    pub(crate) fn with(flags: &[&str]) -> Self {
        let server = Server::with(flags);
        let teacher = teacher(&server, "Grace");
        let class = Self { server, teacher };
        let wish = json!({
            "name": "Class", "id": CLASS, "width": 32, "height": 32, "cooldown_ms": 0,
            "undo_ms": 30000, "settings": { "join": "open", "look": "anyone" }
        });
        let request = Request::post("/api/canvases").json(&wish);
        class.ask(request, Some(&class.teacher)).expect(201);
        class
    }

    /// Somebody with a seat who draws.
    pub(crate) fn person(&self, nickname: &str) -> (Seat, Client) {
        let seat = self.server.join(CLASS, nickname);
        let mut client = self.server.connect(CLASS, Some(&seat));
        client.follow();
        (seat, client)
    }

    /// Asks as somebody with this cookie, or as nobody.
    pub(crate) fn ask(&self, request: Request, cookie: Option<&str>) -> Response {
        match cookie {
            Some(cookie) => self.server.send(&request.header("Cookie", cookie)),
            None => self.server.send(&request),
        }
    }

    /// Asks for something of the canvas, as somebody with this cookie.
    pub(crate) fn get_as(&self, cookie: Option<&str>, what: &str) -> Response {
        self.ask(Request::get(&format!("/api/canvases/{CLASS}/{what}")), cookie)
    }

    /// Asks for something of the canvas as its teacher.
    pub(crate) fn get(&self, what: &str) -> Response {
        self.get_as(Some(&self.teacher), what)
    }

    /// Changes something of the canvas as its teacher.
    pub(crate) fn change(&self, method: &str, what: &str, body: &Value) -> Response {
        let request = Request::new(method, &format!("/api/canvases/{CLASS}/{what}")).json(body);
        self.ask(request, Some(&self.teacher))
    }

    /// Uses one of the teacher's tools.
    pub(crate) fn tool(&self, what: &str, body: &Value) -> Value {
        self.change("POST", what, body).expect(200).json()
    }

    /// Changes the canvas's settings.
    pub(crate) fn settings(&self, change: &Value) {
        self.change("PATCH", "settings", change).expect(200);
    }

    /// Takes back what a tool did.
    pub(crate) fn revert(&self, done: &Value) -> Value {
        self.tool("revert", &json!({ "seqs": done["seqs"] }))
    }
}

/// An area as the API has it.
pub(crate) fn area(x: u16, y: u16, width: u16, height: u16) -> Value {
    json!({ "x": x, "y": y, "width": width, "height": height })
}
