//! What a peer's messages do.

use std::rc::Rc;
use std::time::Instant;

use actix_web::rt;
use bytes::Bytes;
use place_core::session::{Remark, Session, Step};
use place_core::wire::ServerFrame;
use place_core::wire::frame::{self, Opcode};
use place_core::wire::pixel::Token;
use place_core::wire::text::ServerText;
use place_core::{Cell, Reason, Refusal, feed};
use tokio::sync::mpsc::error::TrySendError;

use super::connection::Connection;
use super::parser::Message;
use crate::chat::{Author, ChatError};
use crate::clock;
use crate::sequencer::{Answer, Command, LiveCanvas, Placer, Verdict, Wish};
use crate::telemetry::Stage;

/// When to come back after "busy", in milliseconds: about the time in which a
/// full queue empties.
const BUSY_RETRY_MS: u32 = 100;

/// Does what a message asks for.
pub(super) fn handle(connection: &Rc<Connection>, message: Message<'_>) {
    let heard_at = Instant::now();
    let step = match message {
        Message::Binary(bytes) => {
            let now = clock::monotonic_ms();
            connection.session(|session| session.binary(bytes, now))
        }
        Message::Text(text) => {
            let now = clock::monotonic_ms();
            connection.session(|session| session.text(text, now))
        }
        Message::Ping(payload) => {
            connection.send(frame::frame(Opcode::Pong, payload));
            return;
        }
        Message::Pong | Message::Close(_) => return,
    };
    match step {
        // Not even the answer to a pixel tells what stands there.
        Step::Propose(token, _) | Step::Undo(token, _) if connection.is_hidden() => {
            connection.session(Session::answered);
            connection.send(refused(connection, token, Reason::Frozen.into(), None));
        }
        Step::Refuse(token, refusal, _) if connection.is_hidden() => {
            connection.send(refused(connection, token, refusal, None));
        }
        Step::Propose(token, proposal) => {
            let read_at = Instant::now();
            connection.room().metrics.stage(Stage::Decode, read_at - heard_at, 1);
            let wish = |placer| Wish::Place(placer, proposal);
            ask(connection, token, Some(proposal.cell), read_at, wish);
        }
        Step::Undo(token, seat) => {
            ask(connection, token, None, heard_at, |placer| Wish::Undo(placer, seat));
        }
        Step::Refuse(token, refusal, cell) => {
            connection.send(refused(connection, token, refusal, cell));
        }
        Step::Chat(token, remark) => say(connection, token, remark),
        Step::Watch(_) if connection.is_hidden() => {
            connection.send(feed::text_frame(&ServerText::Hidden));
        }
        Step::Watch(since) => connection.watch(since),
        Step::Say(text) => connection.send(feed::text_frame(&text)),
        Step::Close(code, reason) => connection.close(code, reason),
    }
}

/// Hands on what somebody wrote, if nothing else of theirs is on its way.
fn say(connection: &Rc<Connection>, token: Token, remark: Remark) {
    if !connection.begin_to_say() {
        let error = ChatError::Pending(BUSY_RETRY_MS);
        return connection.send(feed::text_frame(&not_taken(token, &error)));
    }
    let connection = Rc::clone(connection);
    rt::spawn(async move {
        let chat = connection.chat();
        let who = connection.who();
        let author = Author { seat: who.seat, teacher: who.teacher };
        let outcome = chat.say(connection.live(), author, remark).await;
        connection.has_said();
        let answer = match outcome {
            Ok(id) => ServerText::ChatTaken { token, id },
            Err(error) => not_taken(token, &error),
        };
        connection.send(feed::text_frame(&answer));
    });
}

fn not_taken(token: Token, error: &ChatError) -> ServerText {
    ServerText::ChatRefused {
        token,
        code: error.code().to_owned(),
        text: error.to_string(),
        wait_ms: error.wait_ms(),
        limit: error.limit(),
    }
}

/// Hands a wish about a cell to the sequencer, if its queue has room.
fn ask(
    connection: &Connection,
    token: Token,
    cell: Option<Cell>,
    read_at: Instant,
    wish: impl FnOnce(Placer) -> Wish,
) {
    let placer = Placer {
        mailbox: connection.room().mailbox.clone(),
        connection: connection.id(),
        token,
        read_at,
    };
    let refusal = match connection.live().commands.try_send(Command::Wish(wish(placer))) {
        Ok(()) => return,
        Err(TrySendError::Full(_)) => Refusal { reason: Reason::Busy, wait_ms: BUSY_RETRY_MS },
        Err(TrySendError::Closed(_)) => Reason::Stopping.into(),
    };
    connection.session(Session::answered);
    connection.send(refused(connection, token, refusal, cell));
}

fn refused(connection: &Connection, token: Token, refusal: Refusal, cell: Option<Cell>) -> Bytes {
    let live = connection.live();
    connection.count_refusal(refusal.reason);
    let (color, saved) = {
        let state = live.state.read();
        let seat = connection.session(|session| session.seat()).unwrap_or(0);
        let allowance = state.allowance(seat, live.clock.now());
        (cell.and_then(|cell| state.color_at(cell)), allowance.saved)
    };
    server_frame(live, &ServerFrame::Refused { token, refusal, color, saved })
}

/// A sequencer's answer as a frame.
pub(super) fn answer_frame(live: &LiveCanvas, answer: &Answer) -> Bytes {
    let token = answer.token;
    let answer = match answer.verdict {
        Verdict::Placed(receipt) => {
            ServerFrame::Placed { token, seq: receipt.seq, allowance: receipt.allowance }
        }
        Verdict::Refused(refused) => ServerFrame::Refused {
            token,
            refusal: refused.refusal,
            color: refused.color,
            saved: refused.saved,
        },
    };
    server_frame(live, &answer)
}

/// A binary message as one frame.
fn server_frame(live: &LiveCanvas, message: &ServerFrame) -> Bytes {
    let (size, colors) = live.shape();
    frame::frame(Opcode::Binary, &message.encode(size, colors))
}
