//! The server: what the real one does around the core, without its threads.

use std::collections::{BTreeMap, VecDeque};

use place_core::cooldown::Cooldown;
use place_core::feed::{self, Cursor, Next};
use place_core::sequencer::{Command, Refused, RulesChange, Subject, decree, turn};
use place_core::session::{Session, Step};
use place_core::wire::lesson::Lesson;
use place_core::wire::pixel::Token;
use place_core::wire::text::{CanvasInfo, ServerText, palette_info};
use place_core::wire::{ServerFrame, board, frame};
use place_core::{
    Batch, Canvas, Cell, Entry, Feed, Mirror, Reason, Receipt, Refusal, SeatNumber, Seq,
};

use crate::deeds::Deed;
use crate::disk::{CommitFailed, Disk, Fault};

/// Commands that may wait; the real queue is longer.
const QUEUE_MAX: usize = 24;

/// Most commands judged in one turn; the real turn takes more.
const TURN_MAX: usize = 16;

/// Bytes that a connection's socket takes in before its reader reads.
const SOCKET_MAX_BYTES: usize = 600;

/// A ceiling that a quick hand reaches.
const CEILING: Cooldown = Cooldown { interval_ms: 5, saved_max: 30 };

/// Names a connection, never reused.
pub(crate) type ConnectionId = u64;

/// What a client sends.
#[derive(Debug)]
pub(crate) enum Message {
    Binary(Vec<u8>),
    Text(String),
}

/// A digest of everything that was sent (FNV-1a, 64 bits; Fowler, Noll and Vo):
/// two runs that have the same one sent the same bytes in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digest(pub(crate) u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn message(&mut self, to_client: bool, connection: ConnectionId, bytes: &[u8]) {
        self.take(&[u8::from(to_client)]);
        self.take(&connection.to_le_bytes());
        self.take(&(bytes.len() as u64).to_le_bytes());
        self.take(bytes);
    }
}

/// Both directions of one connection, and the server's end of it.
#[derive(Debug)]
pub(crate) struct Connection {
    session: Session,
    cursor: Option<Cursor>,
    /// The client is gone, and the server does not know yet.
    pub(crate) orphan: bool,
    pub(crate) to_server: VecDeque<Message>,
    pub(crate) to_client: VecDeque<Vec<u8>>,
}

/// Who waits for an answer.
type Placer = (ConnectionId, Token);

/// Something asked of the canvas.
#[derive(Debug)]
enum Work {
    Wish(Command<Placer, ()>),
    Decree(Deed),
}

/// A batch on its way to the disk.
#[derive(Debug)]
struct Commit {
    batch: Batch,
    receipts: Vec<(Placer, Subject, Receipt)>,
    /// What the teacher has decided.
    decided: Vec<Seq>,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) canvas: Canvas,
    pub(crate) feed: Feed,
    queue: VecDeque<Work>,
    commit: Option<Commit>,
    pub(crate) connections: BTreeMap<ConnectionId, Connection>,
    next_connection: ConnectionId,
    /// A board as it was some time ago: boards are compressed once for many.
    cached_board: Vec<u8>,
    /// The teacher's decisions that were acknowledged.
    pub(crate) decided: Vec<(Seq, Entry)>,
    /// It takes nothing new, and answers what it has.
    pub(crate) is_stopping: bool,
    /// Of everything sent, either way, also before a restart.
    pub(crate) sent: Digest,
    /// Frames and bytes sent to clients.
    pub(crate) frames_sent: u64,
    pub(crate) bytes_sent: u64,
}

impl Server {
    /// Starts from what is on disk.
    pub(crate) fn start(disk: &mut Disk, next_connection: ConnectionId) -> Self {
        let (canvas, history) = disk.recover();
        Self {
            feed: Feed::new(&canvas, history),
            cached_board: board::encode(&canvas),
            canvas,
            queue: VecDeque::new(),
            commit: None,
            connections: BTreeMap::new(),
            next_connection,
            decided: Vec::new(),
            is_stopping: false,
            sent: Digest::default(),
            frames_sent: 0,
            bytes_sent: 0,
        }
    }

    /// Starts anew from what is on disk; what was sent before still counts.
    pub(crate) fn restart(&mut self, disk: &mut Disk) -> Self {
        let mut new = Self::start(disk, self.next_connection);
        (new.sent, new.frames_sent, new.bytes_sent) =
            (self.sent, self.frames_sent, self.bytes_sent);
        std::mem::replace(self, new)
    }

    /// Puts bytes on a connection's way to its client.
    fn post(&mut self, id: ConnectionId, bytes: &[u8]) {
        if let Some(connection) = self.connections.get_mut(&id) {
            self.sent.message(true, id, bytes);
            self.frames_sent += 1;
            self.bytes_sent += bytes.len() as u64;
            connection.to_client.push_back(bytes.to_vec());
        }
    }

    /// A client puts a message on its way.
    pub(crate) fn hear(&mut self, id: ConnectionId, message: Message) {
        if let Some(connection) = self.connections.get_mut(&id) {
            match &message {
                Message::Binary(bytes) => self.sent.message(false, id, bytes),
                Message::Text(text) => self.sent.message(false, id, text.as_bytes()),
            }
            connection.to_server.push_back(message);
        }
    }

    /// Accepts a connection and welcomes it.
    pub(crate) fn connect(&mut self, seat: Option<SeatNumber>, now: u64) -> ConnectionId {
        let id = self.next_connection;
        self.next_connection += 1;
        let connection = Connection {
            session: Session::new(seat, CEILING),
            cursor: None,
            orphan: false,
            to_server: VecDeque::new(),
            to_client: VecDeque::new(),
        };
        self.connections.insert(id, connection);
        self.post(id, &feed::text_frame(&self.welcome(seat, now)));
        id
    }

    fn welcome(&self, seat: Option<SeatNumber>, now: u64) -> ServerText {
        let rules = self.canvas.rules();
        let allowance = self.canvas.allowance(seat.unwrap_or(0), now);
        ServerText::Welcome {
            protocol: place_core::wire::PROTOCOL_VERSION,
            canvas: CanvasInfo {
                id: "sim".to_owned(),
                name: "Simulation".to_owned(),
                width: self.canvas.size().width(),
                height: self.canvas.size().height(),
                palette: palette_info(self.canvas.palette()),
                mode: rules.mode,
                cooldown_ms: rules.cooldown_ms,
                saved_max: rules.saved_max,
                undo_ms: rules.undo_ms,
            },
            seat: None,
            you: None,
            lesson: Lesson::default(),
            history: "sim".to_owned(),
            seq: self.canvas.seq(),
            saved: allowance.saved,
            next_ms: allowance.next_ms,
            online: self.feed.online(),
            version: "0".to_owned(),
        }
    }

    /// The board as it is served: not always the newest.
    pub(crate) fn board(&self) -> &[u8] {
        &self.cached_board
    }

    /// The seq of that board.
    pub(crate) fn board_seq(&self) -> Seq {
        Mirror::from_board(&self.cached_board).expect("a good board").seq()
    }

    pub(crate) fn refresh_board(&mut self) {
        self.cached_board = board::encode(&self.canvas);
    }

    /// Reads one message of a connection.
    pub(crate) fn receive(&mut self, id: ConnectionId, now: u64) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        let Some(message) = connection.to_server.pop_front() else {
            if connection.orphan {
                self.connections.remove(&id);
            }
            return;
        };
        let step = match message {
            Message::Binary(bytes) => connection.session.binary(&bytes, now),
            Message::Text(text) => connection.session.text(&text, now),
        };
        match step {
            Step::Propose(token, proposal) => {
                let wish = Command::Place((id, token), proposal);
                self.wish(id, token, wish, Some(proposal.cell), now);
            }
            Step::Undo(token, seat) => {
                self.wish(id, token, Command::Undo((id, token), seat), None, now);
            }
            Step::Refuse(token, refusal, cell) => self.refuse(id, token, refusal, cell, now),
            Step::Watch(since) => {
                let (cursor, frames) = self.feed.join(since);
                connection.cursor = cursor;
                self.post(id, &frames);
            }
            // Nobody here writes: what is said does not touch the canvas.
            Step::Chat(..) => {}
            Step::Say(text) => self.post(id, &feed::text_frame(&text)),
            Step::Close(..) => {
                self.connections.remove(&id);
            }
        }
    }

    /// Lets a wish wait for its turn, if there is room.
    fn wish(
        &mut self,
        id: ConnectionId,
        token: Token,
        wish: Command<Placer, ()>,
        cell: Option<Cell>,
        now: u64,
    ) {
        let refusal = if self.is_stopping {
            Reason::Stopping.into()
        } else if self.queue.len() < QUEUE_MAX {
            return self.queue.push_back(Work::Wish(wish));
        } else {
            Refusal { reason: Reason::Busy, wait_ms: 100 }
        };
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.session.answered();
        }
        self.refuse(id, token, refusal, cell, now);
    }

    fn refuse(
        &mut self,
        id: ConnectionId,
        token: Token,
        refusal: Refusal,
        cell: Option<Cell>,
        now: u64,
    ) {
        let Some(connection) = self.connections.get(&id) else { return };
        let seat = connection.session.seat().unwrap_or(0);
        let color = cell.and_then(|cell| self.canvas.color_at(cell));
        let saved = self.canvas.allowance(seat, now).saved;
        self.send(id, &ServerFrame::Refused { token, refusal, color, saved });
    }

    fn send(&mut self, id: ConnectionId, message: &ServerFrame) {
        let bytes = message.encode(self.canvas.size(), self.canvas.palette().len());
        self.post(id, &frame::frame(frame::Opcode::Binary, &bytes));
    }

    fn answer(&mut self, (id, token): Placer, verdict: Result<Receipt, Refused>) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.session.answered();
        }
        let frame = match verdict {
            Ok(Receipt { seq, allowance }) => ServerFrame::Placed { token, seq, allowance },
            Err(Refused { refusal, color, saved }) => {
                ServerFrame::Refused { token, refusal, color, saved }
            }
        };
        self.send(id, &frame);
    }

    /// A teacher asks for other rules.
    pub(crate) fn change_rules(&mut self, change: RulesChange) {
        if self.queue.len() < QUEUE_MAX {
            self.queue.push_back(Work::Wish(Command::SetRules((), change)));
        }
    }

    /// A teacher uses a tool.
    pub(crate) fn do_deed(&mut self, deed: Deed) {
        if self.queue.len() < QUEUE_MAX {
            self.queue.push_back(Work::Decree(deed));
        }
    }

    /// Whether something waits for a turn, or for the disk.
    pub(crate) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.commit.is_none()
    }

    /// Whether something waits for a turn.
    pub(crate) fn has_work(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether a batch is on its way to the disk.
    pub(crate) fn is_committing(&self) -> bool {
        self.commit.is_some()
    }

    /// Judges what waits, unless a batch is on its way to the disk.
    pub(crate) fn turn(&mut self, now: u64) {
        if self.commit.is_some() {
            return;
        }
        let mut wishes = Vec::new();
        while wishes.len() < TURN_MAX
            && let Some(Work::Wish(_)) = self.queue.front()
            && let Some(Work::Wish(wish)) = self.queue.pop_front()
        {
            wishes.push(wish);
        }
        if !wishes.is_empty() {
            self.judge(wishes, now);
        } else if let Some(Work::Decree(deed)) = self.queue.pop_front() {
            self.decree(deed, now);
        }
    }

    fn judge(&mut self, wishes: Vec<Command<Placer, ()>>, now: u64) {
        let outcome = turn(&self.canvas, wishes, now);
        for (placer, refused) in outcome.refusals {
            self.answer(placer, Err(refused));
        }
        self.commit = outcome.batch.map(|batch| Commit {
            batch,
            receipts: outcome.receipts,
            decided: outcome.changed.into_iter().map(|((), seq)| seq).collect(),
        });
    }

    fn decree(&mut self, deed: Deed, now: u64) {
        let entries = deed.entries(&self.canvas);
        if entries.is_empty() {
            return;
        }
        let batch = decree(&self.canvas, entries, now).expect("the teacher's tools know what is");
        let decided = (batch.first_seq..=batch.last_seq()).collect();
        self.commit = Some(Commit { batch, receipts: Vec::new(), decided });
    }

    /// The disk is done with the batch, one way or another. `false`: the power
    /// is gone.
    pub(crate) fn finish_commit(
        &mut self,
        disk: &mut Disk,
        fault: Fault,
        cut: u64,
        now: u64,
    ) -> bool {
        let Some(Commit { batch, receipts, decided }) = self.commit.take() else { return true };
        let Some(result) = disk.commit(&batch, fault, cut) else { return false };
        match result {
            Ok(()) => self.apply(&batch, now),
            // What the journal holds happened, whatever the server was told.
            Err(CommitFailed) => {
                for batch in disk.follow(self.canvas.seq() + 1) {
                    self.apply(&batch, now);
                }
            }
        }
        let durable = self.canvas.seq() >= batch.last_seq();
        if durable {
            let entry = |seq: &Seq| batch.entries[(seq - batch.first_seq) as usize].clone();
            self.decided.extend(decided.iter().map(|seq| (*seq, entry(seq))));
        }
        for (placer, subject, receipt) in receipts {
            let verdict = if durable { Ok(receipt) } else { Err(self.not_stored(subject, now)) };
            self.answer(placer, verdict);
        }
        true
    }

    fn not_stored(&self, subject: Subject, now: u64) -> Refused {
        Refused {
            refusal: Refusal { reason: Reason::Storage, wait_ms: 5000 },
            color: self.canvas.color_at(subject.cell),
            saved: self.canvas.allowance(subject.seat, now).saved,
        }
    }

    fn apply(&mut self, batch: &Batch, now: u64) {
        self.canvas.apply(batch).expect("a batch judged against this state");
        self.feed.record(batch);
        self.flush(now);
    }

    /// Sends out what is due.
    pub(crate) fn flush(&mut self, now: u64) {
        if self.feed.due(now).is_some_and(|due| due <= now) {
            self.feed.flush(now);
        }
    }

    /// Fills a connection's socket from the feed, as far as it takes bytes.
    /// Tells how often it was caught up from outside the ring.
    pub(crate) fn pump(&mut self, id: ConnectionId) -> u64 {
        let mut catch_ups = 0;
        while let Some(frames) = self.next_for(id) {
            catch_ups += u64::from(crate::support::frames(&frames).len() > 1);
            self.post(id, &frames);
        }
        catch_ups
    }

    fn next_for(&mut self, id: ConnectionId) -> Option<bytes::Bytes> {
        let connection = self.connections.get_mut(&id)?;
        let cursor = connection.cursor.as_mut()?;
        let waiting: usize = connection.to_client.iter().map(Vec::len).sum();
        if waiting >= SOCKET_MAX_BYTES {
            return None;
        }
        match self.feed.read(cursor) {
            Next::Nothing => None,
            Next::Frames(frames) => Some(frames),
            Next::Reload(frames) => {
                connection.cursor = None;
                Some(frames)
            }
        }
    }
}
