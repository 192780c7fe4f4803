//! What the API says when something can't be done.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

/// An error with its HTTP status, a word for programs and a sentence for
/// people.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    text: String,
    retry_after_s: Option<u32>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        Self { status, code, text: text.into(), retry_after_s: None }
    }

    /// Something in the request is out of range; `text` says what is allowed.
    pub fn invalid(text: impl fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", capitalized(&text.to_string()))
    }

    /// No such canvas.
    pub fn no_such_canvas(id: &str) -> Self {
        let id: String = id.chars().take(40).collect();
        let text = format!("There is no canvas called “{id}”.");
        Self::new(StatusCode::NOT_FOUND, "no_such_canvas", text)
    }

    /// No such thing.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.")
    }

    /// Not a WebSocket handshake.
    pub fn not_a_websocket() -> Self {
        let text = "This address takes WebSocket connections only.";
        Self::new(StatusCode::BAD_REQUEST, "not_a_websocket", text)
    }

    /// The sub-protocol was not offered.
    pub fn subprotocol() -> Self {
        let text = "Offer the sub-protocol place.v1 (Sec-WebSocket-Protocol).";
        Self::new(StatusCode::BAD_REQUEST, "subprotocol", text)
    }

    /// A request from another site's page; the error says whose.
    pub fn foreign_origin(error: &impl fmt::Display) -> Self {
        Self::new(StatusCode::FORBIDDEN, "foreign_origin", capitalized(&error.to_string()))
    }

    /// The body of a request is too long.
    pub fn too_big(most_bytes: usize) -> Self {
        let text = format!("A request may have {most_bytes} bytes at most.");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_big", text)
    }

    /// The body of a request did not come in time.
    pub fn too_slow() -> Self {
        let text = "The request did not come in time.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", text)
    }

    /// No free connection.
    pub fn full() -> Self {
        let text = "The server has no free place right now. Try again in a moment.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "full", text).after(10)
    }

    /// The canvas belongs to other teachers.
    pub fn not_yours() -> Self {
        let text = "This canvas belongs to other teachers.";
        Self::new(StatusCode::FORBIDDEN, "not_yours", text)
    }

    /// The seat was sent away.
    pub fn banned() -> Self {
        let text = "Your teacher has closed this canvas for you. Talk to your teacher.";
        Self::new(StatusCode::FORBIDDEN, "banned", text)
    }

    /// The teacher has not opened the door yet.
    pub fn waiting() -> Self {
        let text = "Your teacher will let you in in a moment.";
        Self::new(StatusCode::FORBIDDEN, "waiting", text)
    }

    /// Only those with a seat may look.
    pub fn seats_only() -> Self {
        let text = "Join with the class code first.";
        Self::new(StatusCode::FORBIDDEN, "seats_only", text)
    }

    /// The picture is hidden.
    pub fn hidden() -> Self {
        let text = "The picture is hidden until your teacher shows it.";
        Self::new(StatusCode::FORBIDDEN, "hidden", text)
    }

    /// No such seat.
    pub fn no_such_seat(seat: u32) -> Self {
        let text = format!("There is no seat {seat} in this canvas.");
        Self::new(StatusCode::NOT_FOUND, "no_such_seat", text)
    }

    /// Somebody else in the canvas is called so.
    pub fn nickname_taken(name: &str) -> Self {
        let text = format!("Somebody here is called “{name}” already. Choose another name.");
        Self::new(StatusCode::CONFLICT, "nickname_taken", text)
    }

    /// The nickname has words that are not to be written here.
    pub fn nickname_refused() -> Self {
        let text = "Please choose another name.";
        Self::new(StatusCode::BAD_REQUEST, "nickname_refused", text)
    }

    /// Nobody joins without the class code or the link.
    pub fn code_needed() -> Self {
        let text = "Type the class code first. Your teacher has it.";
        Self::new(StatusCode::FORBIDDEN, "code_needed", text)
    }

    /// The code for this canvas is another one.
    pub fn wrong_code() -> Self {
        let text = "That is not the code. Look again, or ask your teacher.";
        Self::new(StatusCode::FORBIDDEN, "wrong_code", text)
    }

    /// No canvas and no seat has this code.
    pub fn unknown_code() -> Self {
        let text = "There is no such code. Look again, or ask your teacher.";
        Self::new(StatusCode::NOT_FOUND, "wrong_code", text)
    }

    /// Too many wrong codes.
    pub fn too_many_codes(seconds: u32) -> Self {
        let text = format!(
            "Too many wrong codes were typed. Use the link or the QR code, or try again in {seconds} s."
        );
        Self::new(StatusCode::TOO_MANY_REQUESTS, "slow_down", text).after(seconds)
    }

    /// Only those on the list have a seat.
    pub fn roster_only() -> Self {
        let text = "This canvas is for those on the teacher's list. Use your personal card.";
        Self::new(StatusCode::FORBIDDEN, "roster_only", text)
    }

    /// The canvas was put away.
    pub fn archived() -> Self {
        let text = "Your teacher has put this canvas away.";
        Self::new(StatusCode::FORBIDDEN, "archived", text)
    }

    /// Only somebody with a seat can do this.
    pub fn no_seat() -> Self {
        let text = "Join this canvas first.";
        Self::new(StatusCode::FORBIDDEN, "no_seat", text)
    }

    /// The teacher says who is in which team.
    pub fn team_given() -> Self {
        let text = "In this canvas, teams are not chosen. Ask your teacher.";
        Self::new(StatusCode::FORBIDDEN, "team_given", text)
    }

    /// Students may have no bots now.
    pub fn bots_off() -> Self {
        let text = "Your teacher does not allow bots right now.";
        Self::new(StatusCode::FORBIDDEN, "bots_off", text)
    }

    /// No free seat in the canvas.
    pub fn seats_full() -> Self {
        let text = "This canvas has no free seat left.";
        Self::new(StatusCode::CONFLICT, "seats_full", text)
    }

    /// Too many requests were sent without waiting for answers.
    pub fn pipelined() -> Self {
        let text = "Wait for an answer before you ask so much more.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "pipelined", text).after(1)
    }

    /// The server is stopping.
    pub fn stopping() -> Self {
        let text = "The server is about to restart. Try again in a moment.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", text).after(5)
    }

    /// Too many joins from one address.
    pub fn slow_down(seconds: u32) -> Self {
        let text = format!("Too many people are joining at once. Try again in {seconds} s.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "slow_down", text).after(seconds)
    }

    /// Something by that name exists.
    pub fn exists(text: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "exists", text)
    }

    /// Nobody is logged in, and no token was given, or a wrong one.
    pub fn not_allowed() -> Self {
        let text = "This needs a teacher: log in, or send Authorization: Bearer <token>.";
        Self::new(StatusCode::UNAUTHORIZED, "not_allowed", text)
    }

    /// The owner of the server has no account.
    pub fn not_a_teacher() -> Self {
        let text = "This is about a teacher's own account; the admin token belongs to none.";
        Self::new(StatusCode::FORBIDDEN, "not_a_teacher", text)
    }

    /// Teachers may not do this to each other.
    pub fn owner_only() -> Self {
        let text = "Only the owner of the server can do this: `place teacher`, or the admin token.";
        Self::new(StatusCode::FORBIDDEN, "owner_only", text)
    }

    /// The name or the password is wrong; which of them is not told.
    pub fn wrong_password() -> Self {
        let text = "The name or the password is wrong.";
        Self::new(StatusCode::FORBIDDEN, "wrong_password", text)
    }

    /// Too many attempts to log in with one name.
    pub fn too_many_logins(seconds: u32) -> Self {
        let text = format!("Too many attempts for this name. Try again in {seconds} s.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_logins", text).after(seconds)
    }

    /// The link has been used, or is too old.
    pub fn link_used(text: impl fmt::Display) -> Self {
        Self::new(StatusCode::GONE, "link_used", capitalized(&text.to_string()))
    }

    /// The teacher does not show the scores.
    pub fn no_scores() -> Self {
        let text = "Your teacher does not show the scores.";
        Self::new(StatusCode::FORBIDDEN, "no_scores", text)
    }

    /// Too many reports of one person wait.
    pub fn too_many_reports(error: &impl fmt::Display) -> Self {
        let text = capitalized(&error.to_string());
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_reports", text)
    }

    /// The disk can't be written.
    pub fn storage(text: impl fmt::Display) -> Self {
        let text = format!("The server can't save right now: {text}.");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "storage", text).after(5)
    }

    /// A bug.
    pub fn internal(what: impl fmt::Display) -> Self {
        tracing::error!(%what, "a request failed inside");
        let text = "Something went wrong on the server.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", text)
    }

    /// The word for programs.
    pub fn code(&self) -> &'static str {
        self.code
    }

    fn after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }
}

/// A message as a sentence.
pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after_s {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if self.status == StatusCode::REQUEST_TIMEOUT
            || self.status == StatusCode::PAYLOAD_TOO_LARGE
            || self.code == "pipelined"
        {
            // What is still to come of it is of no use to anybody.
            response.force_close();
        }
        response.json(json!({ "error": { "code": self.code, "text": self.text } }))
    }
}
