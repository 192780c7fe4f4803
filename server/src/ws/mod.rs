//! WebSockets: the door through which pixels come in and go out.

pub mod canvas;
mod connection;
mod direct;
pub mod echo;
mod gate;
mod guard;
mod hub;
mod table;

use actix_web::{FromRequest, HttpRequest, dev, web};
use bytes::Bytes;
use place_core::session::close_code;
use place_core::wire::frame::{self, Opcode};

pub use direct::note_socket;
pub use hub::{Hub, Sockets};

use guard::{Fault, Watcher};

/// Makes a payload of ours one that `actix_ws` takes.
async fn web_payload(request: &HttpRequest, payload: dev::Payload) -> web::Payload {
    let mut payload = payload;
    web::Payload::from_request(request, &mut payload)
        .await
        .expect("taking a payload as it is can't fail")
}

/// The close code and reason for a stream that can't be read on.
fn fault(watcher: &Watcher) -> (u16, &'static str) {
    match watcher.fault() {
        Some(Fault::TooBig) => (close_code::TOO_BIG, "the message is too big"),
        Some(Fault::NotUtf8) => (close_code::NOT_UTF8, "the text is not UTF-8"),
        // The parser behind the guard finds nothing that the guard lets pass.
        Some(Fault::Protocol) | None => (close_code::PROTOCOL, "the frame is broken"),
    }
}

/// The frame that answers a peer's close: its own code, as RFC 6455 asks.
fn close_answer(reason: Option<&actix_ws::CloseReason>) -> Bytes {
    match reason {
        Some(reason) => frame::close(reason.code.into(), ""),
        None => frame::frame(Opcode::Close, &[]),
    }
}
