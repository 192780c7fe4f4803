//! Teachers: how they come to an account, and their browsers.

use serde_json::{Value, json};

use super::{Request, Response, Seat, Server};

pub(crate) const PASSWORD: &str = "correct horse";

/// A teacher's browser.
pub(crate) struct Browser<'a> {
    pub(crate) server: &'a Server,
    pub(crate) cookie: String,
}

impl Browser<'_> {
    pub(crate) fn send(&self, request: Request) -> Response {
        self.server.send(&request.header("Cookie", &self.cookie))
    }

    /// Asks about a canvas.
    pub(crate) fn get(&self, canvas: &str, what: &str) -> Response {
        self.send(Request::get(&format!("/api/canvases/{canvas}/{what}")))
    }

    /// Does something to a canvas.
    pub(crate) fn post(&self, canvas: &str, what: &str, body: &Value) -> Response {
        self.send(Request::post(&format!("/api/canvases/{canvas}/{what}")).json(body))
    }

    /// Creates a canvas of the teacher's own.
    pub(crate) fn canvas(&self, fields: &Value) -> Value {
        self.send(Request::post("/api/canvases").json(fields)).expect(201).json()
    }

    /// Changes a canvas's settings.
    pub(crate) fn set(&self, canvas: &str, settings: &Value) {
        let request = Request::patch(&format!("/api/canvases/{canvas}/settings")).json(settings);
        self.send(request).expect(200);
    }
}

pub(crate) fn link_in(text: &str) -> String {
    let (_, link) = text.trim().split_once("teach#link=").unwrap_or_else(|| panic!("{text}"));
    link.to_owned()
}

pub(crate) fn set_up(server: &Server, link: &str, name: &str, password: &str) -> Response {
    let body = json!({ "link": link, "name": name, "password": password });
    server.send(&Request::post("/api/setup").json(&body))
}

pub(crate) fn log_in(server: &Server, name: &str, password: &str) -> Response {
    let body = json!({ "name": name, "password": password });
    server.send(&Request::post("/api/login").json(&body))
}

pub(crate) fn cookie(response: &Response) -> String {
    let cookie = response.header("set-cookie").expect("a cookie");
    cookie.split(';').next().expect("a name and a value").to_owned()
}

pub(crate) fn browser<'a>(server: &'a Server, response: &Response) -> Browser<'a> {
    Browser { server, cookie: cookie(response) }
}

/// A server, and a teacher who has set it up.
pub(crate) fn school() -> (Server, String) {
    school_with(&[])
}

/// The same, with these flags.
pub(crate) fn school_with(flags: &[&str]) -> (Server, String) {
    let mut server = Server::with(flags);
    let link = link_in(&server.printed("teach#link="));
    let cookie = cookie(&set_up(&server, &link, "Ada Lovelace", PASSWORD).expect(200));
    (server, cookie)
}

/// One more teacher, made by the owner of the server; the cookie of the log-in.
pub(crate) fn teacher(server: &Server, name: &str) -> String {
    let request = server.as_admin(Request::post("/api/teachers").json(&json!({})));
    let made = server.send(&request).expect(201).json();
    let link = link_in(made["url"].as_str().expect("a link"));
    cookie(&set_up(server, &link, name, PASSWORD).expect(200))
}

/// A teacher as one who connects to a canvas.
pub(crate) fn as_seat(canvas: &str, cookie: &str) -> Seat {
    Seat { canvas: canvas.to_owned(), number: 0, cookie: cookie.to_owned() }
}
