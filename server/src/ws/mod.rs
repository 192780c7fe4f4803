//! WebSockets: the door through which pixels come in and go out.

pub mod canvas;
mod connection;
pub mod echo;
mod gate;
mod guard;
mod handover;
mod hub;
mod messages;
mod pace;
mod parser;
mod poller;
mod room;
mod sender;
mod socket;
mod table;
mod threads;
mod uring;
mod who;

use actix_web::{FromRequest, HttpRequest, dev, web};
use place_core::session::close_code;
use place_core::wire::scan::Fault;

pub use hub::{Hub, Sockets};
pub use socket::{Accepted, note_socket, unread_bytes};
pub use threads::Threads;
pub use uring::probe as probe_io_uring;

/// Makes a payload of ours one that `actix_ws` takes.
async fn web_payload(request: &HttpRequest, payload: dev::Payload) -> web::Payload {
    let mut payload = payload;
    web::Payload::from_request(request, &mut payload)
        .await
        .expect("taking a payload as it is can't fail")
}

/// The close code and reason for a stream that can't be read on.
fn close_of(fault: Fault) -> (u16, &'static str) {
    match fault {
        Fault::TooBig => (close_code::TOO_BIG, "the message is too big"),
        Fault::NotUtf8 => (close_code::NOT_UTF8, "the text is not UTF-8"),
        Fault::Protocol => (close_code::PROTOCOL, "the frame is broken"),
    }
}
