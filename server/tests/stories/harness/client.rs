//! A person with a browser, as far as the server can tell: keeps a mirror in
//! step as `docs/protocol.md` says, and checks every message on the way.

use std::collections::HashMap;
use std::fmt;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use place_core::cooldown::Allowance;
use place_core::wire::lesson::{ChatMessage, Lesson, Person, You};
use place_core::wire::text::{CanvasInfo, ClientText, SeatInfo, ServerText};
use place_core::wire::{Place, SUBPROTOCOL, ServerFrame};
use place_core::{Cell, Mirror, Reason, Seq, Size};
use tungstenite::client::{ClientRequestBuilder, client};
use tungstenite::protocol::CloseFrame;
use tungstenite::{Error, Message, WebSocket};

use super::stream::Stream;
use super::{Address, PATIENCE, Seat};

/// The answer to a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Placed { seq: Seq, saved: u16, next_ms: u32 },
    Refused { reason: Reason, color: Option<u8>, saved: u16, wait_ms: u32 },
}

/// The answer to something that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Taken(i64),
    Refused { code: String, wait_ms: u32 },
}

/// The first message of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Welcome {
    pub(crate) you: Option<You>,
    pub(crate) lesson: Lesson,
    pub(crate) canvas: CanvasInfo,
    pub(crate) seat: Option<SeatInfo>,
    pub(crate) seq: Seq,
    pub(crate) saved: u16,
    pub(crate) online: u32,
}

/// A connection to a canvas.
pub(crate) struct Client {
    address: Address,
    cookie: Option<String>,
    socket: WebSocket<Stream>,
    pub(crate) welcome: Welcome,
    size: Size,
    colors: usize,
    mirror: Option<Mirror>,
    answers: HashMap<u32, Answer>,
    /// Text messages after the welcome, in order.
    pub(crate) texts: Vec<ServerText>,
    /// Messages of each kind received so far.
    pub(crate) deltas: usize,
    pub(crate) reloads: usize,
    next_token: u32,
    /// Whether the connection is over.
    pub(crate) has_ended: bool,
    /// What the server said when it closed it, if it said something.
    farewell: Option<CloseFrame>,
}

impl Client {
    /// Opens a WebSocket and reads the welcome. A query may follow the canvas.
    pub(crate) fn open(
        address: &Address,
        stream: Stream,
        canvas: &str,
        seat: Option<&Seat>,
    ) -> Self {
        let origin = address.origin().replacen("http", "ws", 1);
        let (id, query) = canvas.split_once('?').unwrap_or((canvas, ""));
        let uri = format!("{origin}{}/api/canvases/{id}/ws?{query}", address.base());
        let mut request = ClientRequestBuilder::new(uri.parse().expect("a good address"))
            .with_sub_protocol(SUBPROTOCOL);
        let cookie = seat.map(|seat| seat.cookie.as_str());
        if let Some(program) = cookie.and_then(|cookie| cookie.strip_prefix("Bearer ")) {
            request = request.with_header("Authorization", format!("Bearer {program}"));
        } else if let Some(cookie) = cookie {
            request = request.with_header("Cookie", cookie);
        }
        let (mut socket, _) = client(request, stream)
            .unwrap_or_else(|error| panic!("the handshake with {canvas:?} failed: {error}"));
        let welcome = match socket.read().expect("a welcome") {
            Message::Text(text) => parse(&text),
            other => panic!("the first message was {other:?}"),
        };
        let ServerText::Welcome {
            protocol: 1, canvas, seat, you, lesson, seq, saved, online, ..
        } = welcome
        else {
            panic!("the first message was {welcome:?}");
        };
        let size = Size::new(canvas.width, canvas.height).expect("a good size");
        let colors = canvas.palette.len();
        Self {
            address: address.clone(),
            socket,
            size,
            colors,
            cookie: cookie.map(str::to_owned),
            welcome: Welcome { you, lesson, canvas, seat, seq, saved, online },
            mirror: None,
            answers: HashMap::new(),
            texts: Vec::new(),
            deltas: 0,
            reloads: 0,
            next_token: 1,
            has_ended: false,
            farewell: None,
        }
    }

    /// Gets the board, follows the canvas from there, and waits until live.
    pub(crate) fn follow(&mut self) {
        let board = self.board();
        self.follow_from(board);
    }

    /// The board, with this person's cookie.
    fn board(&self) -> Mirror {
        self.address.board_for(&self.welcome.canvas.id, self.cookie.as_deref())
    }

    /// Follows the canvas from a board, and waits until live.
    pub(crate) fn follow_from(&mut self, board: Mirror) {
        assert_eq!(board.size(), self.size);
        let since = board.seq();
        self.mirror = Some(board);
        let beats = self.beats();
        self.watch(Some(since));
        self.until("is live", |me| me.beats() > beats);
    }

    /// Sends `watch`.
    pub(crate) fn watch(&mut self, since: Option<Seq>) {
        let text = serde_json::to_string(&ClientText::Watch { since }).expect("JSON");
        self.say(Message::text(text));
    }

    /// Sends a message.
    pub(crate) fn say(&mut self, message: Message) {
        if let Err(error) = self.try_say(message) {
            panic!("{self:?}: sending failed: {error}");
        }
    }

    /// Sends a message, if the connection still takes one.
    pub(crate) fn try_say(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message)
    }

    /// Asks for a pixel; the token of the question.
    pub(crate) fn place(&mut self, x: u16, y: u16, color: u8) -> u32 {
        self.try_place(x, y, color).unwrap_or_else(|error| panic!("{self:?}: {error}"))
    }

    /// The same, if the connection still takes one.
    pub(crate) fn try_place(&mut self, x: u16, y: u16, color: u8) -> Result<u32, Error> {
        let token = self.next_token;
        self.next_token += 1;
        let place = Place { token, cell: Cell { x, y }, color };
        self.try_say(Message::binary(place.encode().to_vec()))?;
        Ok(token)
    }

    /// The answer to a question.
    #[track_caller]
    pub(crate) fn answer(&mut self, token: u32) -> Answer {
        self.until("gets an answer", |me| me.answers.contains_key(&token));
        self.answers[&token]
    }

    /// The answer to a question, if it has come and was not taken before.
    pub(crate) fn take_answer(&mut self, token: u32) -> Option<Answer> {
        self.answers.remove(&token)
    }

    /// Asks for a pixel and waits for the answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, x: u16, y: u16, color: u8) -> Answer {
        let token = self.place(x, y, color);
        self.answer(token)
    }

    /// Asks for the last pixel back, and waits for the answer.
    #[track_caller]
    pub(crate) fn undo(&mut self) -> Answer {
        let token = self.next_token;
        self.next_token += 1;
        let text = serde_json::to_string(&ClientText::Undo { token }).expect("JSON");
        self.say(Message::text(text));
        self.answer(token)
    }

    /// Places a pixel that must be accepted, and gives its seq.
    #[track_caller]
    pub(crate) fn put(&mut self, x: u16, y: u16, color: u8) -> Seq {
        match self.ask(x, y, color) {
            Answer::Placed { seq, .. } => seq,
            refused @ Answer::Refused { .. } => panic!("{self:?}: ({x}, {y}): {refused:?}"),
        }
    }

    /// Writes to a channel; the token of the message.
    pub(crate) fn write(&mut self, channel: u8, text: &str, reply_to: Option<i64>) -> u32 {
        let token = self.next_token;
        self.next_token += 1;
        let chat = ClientText::Chat { token, channel, text: text.to_owned(), reply_to };
        self.say(Message::text(serde_json::to_string(&chat).expect("JSON")));
        token
    }

    /// Writes to a channel, and waits for the answer.
    #[track_caller]
    pub(crate) fn chat(&mut self, channel: u8, text: &str, reply_to: Option<i64>) -> Said {
        let token = self.write(channel, text, reply_to);
        let answer = |me: &Self| {
            me.texts.iter().find_map(|text| match text {
                ServerText::ChatTaken { token: of, id } if *of == token => Some(Said::Taken(*id)),
                ServerText::ChatRefused { token: of, code, text, wait_ms, .. } if *of == token => {
                    assert!(text.ends_with('.'), "a sentence: {text}");
                    Some(Said::Refused { code: code.clone(), wait_ms: *wait_ms })
                }
                _ => None,
            })
        };
        self.until("gets an answer", |me| answer(me).is_some());
        answer(self).expect("it came")
    }

    /// Writes what must be taken; its number.
    #[track_caller]
    pub(crate) fn chatted(&mut self, channel: u8, text: &str) -> i64 {
        match self.chat(channel, text, None) {
            Said::Taken(id) => id,
            refused @ Said::Refused { .. } => panic!("{self:?}: {text:?}: {refused:?}"),
        }
    }

    /// Writes what must be refused; the word for why.
    #[track_caller]
    pub(crate) fn refused(&mut self, channel: u8, text: &str) -> String {
        match self.chat(channel, text, None) {
            Said::Refused { code, .. } => code,
            taken @ Said::Taken(_) => panic!("{self:?}: {text:?}: {taken:?}"),
        }
    }

    /// A message, once it has come.
    #[track_caller]
    pub(crate) fn reads(&mut self, id: i64) -> ChatMessage {
        let read = |me: &Self| me.read().find(|message| message.id == id).cloned();
        self.until("reads a message", |me| read(me).is_some());
        read(self).expect("it came")
    }

    /// The messages that have come.
    pub(crate) fn read(&self) -> impl Iterator<Item = &ChatMessage> {
        self.texts.iter().filter_map(|text| match text {
            ServerText::Chat { message } => Some(message),
            _ => None,
        })
    }

    /// What holds for everybody, as last told.
    pub(crate) fn lesson(&self) -> &Lesson {
        let told = self.texts.iter().rev().find_map(|text| match text {
            ServerText::Lesson { lesson } => Some(lesson),
            _ => None,
        });
        told.unwrap_or(&self.welcome.lesson)
    }

    /// What holds for this person, as last told.
    pub(crate) fn you(&self) -> &You {
        let told = self.texts.iter().rev().find_map(|text| match text {
            ServerText::You { you } => Some(you),
            _ => None,
        });
        told.or(self.welcome.you.as_ref()).expect("it was told")
    }

    /// Who is here, as told since the beginning.
    pub(crate) fn people(&self) -> Vec<Person> {
        let mut people: Vec<Person> = Vec::new();
        for text in &self.texts {
            if let ServerText::People { here, left } = text {
                let gone = |seat| left.contains(&seat) || here.iter().any(|one| one.seat == seat);
                people.retain(|person| !gone(person.seat));
                people.extend(here.iter().cloned());
            }
        }
        people.sort_by_key(|person| person.seat);
        people
    }

    /// The mirror.
    pub(crate) fn mirror(&self) -> &Mirror {
        self.mirror.as_ref().expect("it follows the canvas")
    }

    /// How far the mirror has come.
    pub(crate) fn seq(&self) -> Seq {
        self.mirror().seq()
    }

    /// The color of a cell, as this person sees it.
    pub(crate) fn sees(&self, x: u16, y: u16) -> u8 {
        let index = self.size.index(Cell { x, y }).expect("a cell of the canvas");
        self.mirror().cells()[index as usize]
    }

    /// How many beats have come.
    pub(crate) fn beats(&self) -> usize {
        self.texts.iter().filter(|text| matches!(text, ServerText::Beat { .. })).count()
    }

    /// How many people are online, as last told.
    pub(crate) fn online(&self) -> u32 {
        let told = self.texts.iter().rev().find_map(|text| match text {
            ServerText::Presence { online } => Some(*online),
            _ => None,
        });
        told.unwrap_or(self.welcome.online)
    }

    /// Takes messages until something is true.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, mut is_true: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_true(self) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "within {PATIENCE:?} it never came to this: {what}; {self:?}");
            assert!(!self.has_ended, "the connection ended before this: {what}; {self:?}");
            self.listen(left.min(Duration::from_millis(50)));
        }
    }

    /// Takes messages until the server ends the connection; its close frame.
    #[track_caller]
    pub(crate) fn until_ended(&mut self) -> Option<CloseFrame> {
        self.until("the server closes", |me| me.has_ended);
        self.farewell.clone()
    }

    /// Takes everything that has come so far.
    pub(crate) fn listen_briefly(&mut self) {
        while !self.has_ended && self.listen(Duration::from_millis(1)) {}
    }

    /// Takes one message, if one comes in time.
    pub(crate) fn listen(&mut self, patience: Duration) -> bool {
        let tcp = self.socket.get_ref().tcp();
        tcp.set_read_timeout(Some(patience)).expect("a read time-out");
        match self.socket.read() {
            Ok(message) => {
                self.hear(message);
                true
            }
            Err(Error::Io(error))
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
            {
                false
            }
            Err(error) => {
                // A dead server can't be told from a closed connection here:
                // the stories that care look at the close frame.
                if let Error::Protocol(error) = &error {
                    let cut = tungstenite::error::ProtocolError::ResetWithoutClosingHandshake;
                    assert_eq!(*error, cut, "{self:?}");
                }
                self.has_ended = true;
                false
            }
        }
    }

    fn hear(&mut self, message: Message) {
        match message {
            Message::Binary(bytes) => {
                let at = self.mirror.as_ref().map_or(0, Mirror::seq);
                let frame = ServerFrame::decode(&bytes, self.size, self.colors, at)
                    .unwrap_or_else(|error| panic!("{self:?}: {error}: {bytes:02x?}"));
                self.hear_frame(frame);
            }
            Message::Text(text) => self.hear_text(parse(&text)),
            Message::Close(frame) => {
                (self.has_ended, self.farewell) = (true, frame);
                // The library has an answer ready; nobody may be there to read it.
                let _ = self.socket.flush();
            }
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Frame(_) => unreachable!("reading never gives a raw frame"),
        }
    }

    fn hear_frame(&mut self, frame: ServerFrame) {
        let (token, answer) = match frame {
            ServerFrame::Delta(delta) => {
                self.deltas += 1;
                if let Some(mirror) = &mut self.mirror
                    && let Err(gap) = mirror.apply(&delta)
                {
                    panic!("{self:?}: {gap}");
                }
                return;
            }
            ServerFrame::Placed { token, seq, allowance: Allowance { saved, next_ms } } => {
                (token, Answer::Placed { seq, saved, next_ms })
            }
            ServerFrame::Refused { token, refusal, color, saved } => {
                let answer = Answer::Refused {
                    reason: refusal.reason,
                    color,
                    saved,
                    wait_ms: refusal.wait_ms,
                };
                (token, answer)
            }
        };
        // Token 0 stands for questions that could not be read.
        let earlier = self.answers.insert(token, answer);
        assert!(earlier.is_none() || token == 0, "{self:?}: {token} was answered twice");
    }

    fn hear_text(&mut self, text: ServerText) {
        match &text {
            ServerText::Beat { seq } => {
                if let Some(mirror) = &self.mirror {
                    assert_eq!(mirror.seq(), *seq, "{self:?}: a beat elsewhere than the mirror");
                }
            }
            ServerText::Reload { .. } => {
                self.reloads += 1;
                let board = self.board();
                self.watch(Some(board.seq()));
                self.mirror = Some(board);
            }
            ServerText::Welcome { .. } => panic!("{self:?}: a second welcome"),
            _ => {}
        }
        self.texts.push(text);
    }
}

#[track_caller]
fn parse(text: &str) -> ServerText {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("canvas", &self.welcome.canvas.id)
            .field("seat", &self.welcome.seat)
            .field("seq", &self.mirror.as_ref().map(Mirror::seq))
            .field("answers", &self.answers.len())
            .field("texts", &self.texts.iter().rev().take(5).collect::<Vec<_>>())
            .field("deltas", &self.deltas)
            .field("reloads", &self.reloads)
            .field("has_ended", &self.has_ended)
            .field("farewell", &self.farewell)
            .finish_non_exhaustive()
    }
}
