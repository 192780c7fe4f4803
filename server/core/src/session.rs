//! One connection's side of the protocol, without the connection: messages in,
//! what to do about them out.

use crate::canvas::Proposal;
use crate::cooldown::{Cooldown, Millis};
use crate::entry::{SeatNumber, Seq};
use crate::geometry::Cell;
use crate::limits::{IN_FLIGHT_MAX, MALFORMED_MAX_IN_A_ROW, TEXT_MAX_BYTES};
use crate::people::TeamNumber;
use crate::rules::{Reason, Refusal};
use crate::wire::pixel::{Place, Token};
use crate::wire::text::{ClientText, ServerText};

/// Close codes that the server sends (RFC 6455, section 7.4, and our own from
/// 4000).
pub mod close_code {
    /// The peer closed.
    pub const NORMAL: u16 = 1000;
    /// The server is stopping.
    pub const GOING_AWAY: u16 = 1001;
    /// A broken frame.
    pub const PROTOCOL: u16 = 1002;
    /// Text that is not UTF-8.
    pub const NOT_UTF8: u16 = 1007;
    /// Too many malformed messages.
    pub const POLICY: u16 = 1008;
    /// A message over the limit.
    pub const TOO_BIG: u16 = 1009;
    /// The server failed inside.
    pub const INTERNAL: u16 = 1011;
    /// Too much at once: come back and load everything anew.
    pub const TRY_AGAIN: u16 = 1013;
    /// Nothing came for too long.
    pub const IDLE: u16 = 4000;
    /// The teacher has sent the person out; a personal card brings the seat back.
    pub const KICKED: u16 = 4003;
    /// The teacher does not want the person here any more.
    pub const BANNED: u16 = 4004;
    /// The canvas was put away or deleted.
    pub const GONE: u16 = 4005;
    /// The seat was forgotten, or opened by another secret.
    pub const SEAT_ENDED: u16 = 4006;
}

/// When to come back with too many placements unanswered, in milliseconds:
/// some commits later, even on a slow disk.
const IN_FLIGHT_RETRY_MS: u32 = 100;

/// What a message asks for.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "done at once, and never kept")]
pub enum Step {
    /// Give the sequencer this proposal; call [`Session::answered`] once it
    /// has been answered.
    Propose(Token, Proposal),
    /// Ask the sequencer to take the seat's last pixel back; call
    /// [`Session::answered`] once it has been answered.
    Undo(Token, SeatNumber),
    /// Refuse without asking the sequencer; `cell` names the true color to
    /// tell.
    Refuse(Token, Refusal, Option<Cell>),
    /// Hand this message of a person's on; the token comes back with the answer.
    Chat(Token, Remark),
    /// Follow the canvas.
    Watch(Option<Seq>),
    /// Say this.
    Say(ServerText),
    /// Close with this code and reason.
    Close(u16, &'static str),
}

/// What somebody wants to say to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The team that can read it; 0 for the whole class.
    pub channel: TeamNumber,
    /// What, as it was written.
    pub text: String,
    /// The message that this one answers.
    pub reply_to: Option<i64>,
}

/// The state of one connection.
#[derive(Debug)]
pub struct Session {
    seat: Option<SeatNumber>,
    /// Ceiling against floods, far above what a hand can do.
    ceiling: Cooldown,
    ceiling_tat: Millis,
    in_flight: usize,
    malformed_in_a_row: u32,
}

impl Session {
    /// A new connection, with its seat if it has one. `ceiling` bounds its
    /// messages, whatever the canvas's cooldown.
    pub fn new(seat: Option<SeatNumber>, ceiling: Cooldown) -> Self {
        Self { seat, ceiling, ceiling_tat: 0, in_flight: 0, malformed_in_a_row: 0 }
    }

    /// The connection's seat.
    pub fn seat(&self) -> Option<SeatNumber> {
        self.seat
    }

    /// Takes a binary message.
    pub fn binary(&mut self, bytes: &[u8], now: Millis) -> Step {
        let Ok(place) = Place::decode(bytes) else {
            return self.malformed(Step::Refuse(0, Reason::Malformed.into(), None));
        };
        self.malformed_in_a_row = 0;
        match self.admit(now) {
            Ok(seat) => {
                Step::Propose(place.token, Proposal { seat, cell: place.cell, color: place.color })
            }
            Err(refusal) => Step::Refuse(place.token, refusal, Some(place.cell)),
        }
    }

    /// Whether one more wish may go to the sequencer: whose it is.
    fn admit(&mut self, now: Millis) -> Result<SeatNumber, Refusal> {
        let seat = self.seat.ok_or(Reason::NoSeat)?;
        match self.ceiling.take(self.ceiling_tat, now) {
            Ok(tat) => self.ceiling_tat = tat,
            Err(wait_ms) => return Err(Refusal { reason: Reason::Busy, wait_ms }),
        }
        if self.in_flight >= IN_FLIGHT_MAX {
            return Err(Refusal { reason: Reason::Busy, wait_ms: IN_FLIGHT_RETRY_MS });
        }
        self.in_flight += 1;
        Ok(seat)
    }

    /// Takes a text message.
    pub fn text(&mut self, text: &str, now: Millis) -> Step {
        if text.len() > TEXT_MAX_BYTES {
            return Step::Close(close_code::TOO_BIG, "text message over 4096 bytes");
        }
        match serde_json::from_str(text) {
            Ok(ClientText::Watch { since }) => {
                self.malformed_in_a_row = 0;
                Step::Watch(since)
            }
            Ok(ClientText::Chat { token, channel, text, reply_to }) => {
                self.malformed_in_a_row = 0;
                Step::Chat(token, Remark { channel, text, reply_to })
            }
            Ok(ClientText::Undo { token }) => {
                self.malformed_in_a_row = 0;
                match self.admit(now) {
                    Ok(seat) => Step::Undo(token, seat),
                    Err(refusal) => Step::Refuse(token, refusal, None),
                }
            }
            Err(error) => self.malformed(Step::Say(ServerText::Error {
                code: "malformed".to_owned(),
                text: format!("That message could not be read: {error}"),
            })),
        }
    }

    /// Whether an answer to an earlier [`Step::Propose`] is still to come.
    pub fn is_waiting(&self) -> bool {
        self.in_flight > 0
    }

    /// Counts an answer to an earlier [`Step::Propose`].
    pub fn answered(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    fn malformed(&mut self, step: Step) -> Step {
        self.malformed_in_a_row += 1;
        if self.malformed_in_a_row >= MALFORMED_MAX_IN_A_ROW {
            Step::Close(close_code::POLICY, "too many malformed messages")
        } else {
            step
        }
    }
}
