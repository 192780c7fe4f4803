//! A client: it follows docs/protocol.md and knows only what it was sent.

use std::collections::BTreeMap;

use place_core::wire::pixel::Token;
use place_core::wire::text::{CanvasInfo, ClientText, ServerText};
use place_core::wire::{Place, ServerFrame};
use place_core::{Cell, Mirror, Proposal, Rules, SeatNumber, Seq};

use crate::server::{Connection, ConnectionId, Message, Server};
use crate::support::{Dice, frames};
use crate::world::Story;

/// The bits of a delta's first byte that mark a catch-up.
const CATCH_UP: u8 = 0xe0;

/// Beats in a row that name another seq before the board is loaded anew.
const MISMATCHES_MAX: u32 = 3;

/// What a client asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    Place(Proposal),
    Undo(SeatNumber),
}

/// What a client was told about something that it asked for.
#[derive(Debug)]
pub(crate) enum Told {
    Done(Seq, Asked),
    Refused,
}

#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) seat: Option<SeatNumber>,
    pub(crate) mirror: Option<Mirror>,
    pub(crate) connection: Option<ConnectionId>,
    /// A `watch` was sent, and no `beat` has named its own seq since.
    waiting: bool,
    /// Beats in a row that named another seq.
    mismatches: u32,
    next_token: Token,
    /// How long it has been asked to wait before its next placement.
    pub(crate) wait_ms: u32,
    pub(crate) unanswered: BTreeMap<Token, Asked>,
    /// Where it last wanted to draw.
    pub(crate) last_cell: Option<Cell>,
    pub(crate) told: Vec<Told>,
    /// Placements whose answer was lost with a connection.
    pub(crate) lost: u64,
    pub(crate) rules: Option<Rules>,
    pub(crate) online: Option<u32>,
}

impl Client {
    pub(crate) fn new(seat: Option<SeatNumber>) -> Self {
        Self {
            seat,
            mirror: None,
            connection: None,
            waiting: false,
            mismatches: 0,
            // 0 stands for messages that could not be read.
            next_token: 1,
            wait_ms: 0,
            unanswered: BTreeMap::new(),
            last_cell: None,
            told: Vec::new(),
            lost: 0,
            rules: None,
            online: None,
        }
    }

    /// Notices that its connection is gone.
    pub(crate) fn lose_connection(&mut self) {
        self.connection = None;
        self.waiting = false;
        self.mismatches = 0;
        self.lost += self.unanswered.len() as u64;
        self.unanswered.clear();
    }

    /// Connects, with the board it has or a new one, and watches.
    pub(crate) fn connect(&mut self, server: &mut Server, now: u64, fresh: bool) {
        self.connection = Some(server.connect(self.seat, now));
        if fresh || self.mirror.is_none() {
            self.load_board(server);
        }
        self.watch(server);
    }

    pub(crate) fn load_board(&mut self, server: &Server) {
        self.mirror = Some(Mirror::from_board(server.board()).expect("a good board"));
    }

    pub(crate) fn watch(&mut self, server: &mut Server) {
        let since = self.mirror.as_ref().map(Mirror::seq);
        let text = serde_json::to_string(&ClientText::Watch { since }).expect("plain");
        self.waiting = true;
        self.send(server, Message::Text(text));
    }

    fn send(&mut self, server: &mut Server, message: Message) {
        if let Some(id) = self.connection {
            server.hear(id, message);
        }
    }

    /// Says something that nobody understands.
    pub(crate) fn babble(&mut self, server: &mut Server, bytes: &[u8]) {
        self.send(server, Message::Binary(bytes.to_vec()));
    }

    fn wire<'a>(&self, server: &'a mut Server) -> Option<&'a mut Connection> {
        server.connections.get_mut(&self.connection?)
    }

    /// Sets a cell; some miss the canvas or the palette.
    pub(crate) fn place(&mut self, server: &mut Server, dice: &mut Dice) {
        let size = server.canvas.size();
        let cell = Cell {
            x: dice.below(u64::from(size.width()) + 1) as u16,
            y: dice.below(u64::from(size.height()) + 1) as u16,
        };
        self.place_at(server, dice, cell);
    }

    /// Sets this cell.
    pub(crate) fn place_at(&mut self, server: &mut Server, dice: &mut Dice, cell: Cell) {
        let color = dice.below(server.canvas.palette().len() as u64 + 1) as u8;
        let seat = self.seat.unwrap_or(0);
        let token = self.ask(Asked::Place(Proposal { seat, cell, color }));
        self.last_cell = Some(cell);
        let message = Place { token, cell, color }.encode().to_vec();
        self.send(server, Message::Binary(message));
    }

    /// Takes its last pixel back.
    pub(crate) fn undo(&mut self, server: &mut Server) {
        let token = self.ask(Asked::Undo(self.seat.unwrap_or(0)));
        let text = serde_json::to_string(&ClientText::Undo { token }).expect("plain");
        self.send(server, Message::Text(text));
    }

    fn ask(&mut self, asked: Asked) -> Token {
        let token = self.next_token;
        self.next_token += 1;
        self.unanswered.insert(token, asked);
        token
    }

    /// Reads one message, if one has come. `durable` is the last seq on disk.
    pub(crate) fn read(&mut self, server: &mut Server, durable: Seq, story: &mut Story) -> bool {
        let Some(piece) = self.wire(server).and_then(|wire| wire.to_client.pop_front()) else {
            return false;
        };
        let (size, colors) = (server.canvas.size(), server.canvas.palette().len());
        for (opcode, payload) in frames(&piece) {
            if opcode == 1 {
                let text = serde_json::from_slice(&payload).expect("a good text");
                self.hear(server, text, story);
            } else {
                let at = self.mirror.as_ref().map_or(0, Mirror::seq);
                let frame = ServerFrame::decode(&payload, size, colors, at);
                let frame = frame.expect("a good message");
                let is_catch_up = payload[0] & CATCH_UP == CATCH_UP;
                self.take(server, frame, is_catch_up, durable, story);
            }
        }
        true
    }

    fn hear(&mut self, server: &mut Server, text: ServerText, story: &mut Story) {
        match text {
            ServerText::Welcome { canvas, online, .. } => {
                let CanvasInfo { mode, cooldown_ms, saved_max, undo_ms, .. } = canvas;
                self.rules = Some(Rules { mode, cooldown_ms, saved_max, undo_ms });
                self.online = Some(online);
            }
            ServerText::Rules { mode, cooldown_ms, saved_max, undo_ms } => {
                self.rules = Some(Rules { mode, cooldown_ms, saved_max, undo_ms });
            }
            ServerText::Presence { online } => self.online = Some(online),
            ServerText::Beat { seq } => self.hear_beat(server, seq, story),
            ServerText::Reload { .. } => {
                story.reloads += 1;
                self.load_board(server);
                self.watch(server);
            }
            other => panic!("the server does not say {other:?}"),
        }
    }

    /// Asks again when a beat names another seq; when that does not help, it
    /// begins anew.
    fn hear_beat(&mut self, server: &mut Server, seq: Seq, story: &mut Story) {
        if self.mirror.as_ref().map(Mirror::seq) == Some(seq) {
            self.waiting = false;
            self.mismatches = 0;
            return;
        }
        story.gaps += 1;
        self.mismatches += 1;
        if self.mismatches == MISMATCHES_MAX {
            self.mismatches = 0;
            self.load_board(server);
        }
        self.watch(server);
    }

    fn take(
        &mut self,
        server: &mut Server,
        frame: ServerFrame,
        is_catch_up: bool,
        durable: Seq,
        story: &mut Story,
    ) {
        match frame {
            ServerFrame::Placed { token, seq, allowance } => {
                self.wait_ms = if allowance.saved > 0 { 0 } else { allowance.next_ms };
                let asked = self.unanswered.remove(&token).expect("answered once, when asked");
                assert!(seq <= durable, "seq {seq} is acknowledged before it is on disk");
                match asked {
                    Asked::Place(_) => story.placed += 1,
                    Asked::Undo(_) => story.undone += 1,
                }
                self.told.push(Told::Done(seq, asked));
            }
            ServerFrame::Refused { token, refusal, .. } => {
                self.wait_ms = refusal.wait_ms;
                *story.refused.entry(refusal.reason.name()).or_default() += 1;
                if token != 0 {
                    self.unanswered.remove(&token).expect("answered once, when asked");
                    self.told.push(Told::Refused);
                }
            }
            ServerFrame::Delta(delta) => {
                if self.waiting && !is_catch_up {
                    // It may belong to what was watched before.
                    story.passed_over += 1;
                    return;
                }
                let mirror = self.mirror.as_mut().expect("only a viewer with a board watches");
                let followed = if is_catch_up {
                    mirror.catch_up(&delta)
                } else {
                    mirror.apply(&delta).map(|()| true)
                };
                match followed {
                    Ok(is_news) => {
                        assert!(mirror.seq() <= durable, "a pixel is seen before it is on disk");
                        story.passed_over += u64::from(!is_news);
                    }
                    Err(_) if self.waiting => story.passed_over += 1,
                    Err(_) => {
                        story.gaps += 1;
                        self.watch(server);
                    }
                }
            }
        }
    }
}
