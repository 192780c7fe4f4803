//! One worker's connections: brings them answers, wakes them when their feed
//! moves, and looks after the silent ones.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::rt;
use place_core::cooldown::Cooldown;
use place_core::session::close_code;
use place_core::wire::ServerFrame;
use place_core::wire::frame::{self, Opcode};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::connection::{Connection, Tally};
use super::table::Table;
use crate::phase::{self, Phase, PhaseWatch};
use crate::sequencer::{Answer, ConnectionId, LiveCanvas, Mailbox, Verdict};
use crate::telemetry::Metrics;

/// How often silent and closing connections are looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Viewers served before the worker looks at what else it has to do: a
/// millisecond or two of writes.
const IN_A_ROW: usize = 512;

/// What all workers' hubs share.
#[derive(Debug)]
pub struct Sockets {
    /// Most connections at a time.
    pub max_connections: usize,
    /// Ceiling of messages of one connection.
    pub ceiling: Cooldown,
    /// Connections open now.
    pub open: AtomicUsize,
    /// How far the server's end has come.
    pub phase: PhaseWatch,
    /// Where things are counted.
    pub metrics: Arc<Metrics>,
}

/// One worker's connections.
pub struct Hub {
    sockets: Arc<Sockets>,
    mailbox: Arc<Mailbox>,
    table: RefCell<Table<Entry>>,
    generation: Cell<u64>,
    rooms: RefCell<HashMap<u32, Rc<Room>>>,
    caretakers: RefCell<Vec<Task>>,
}

/// A canvas's connections on this worker.
struct Room {
    members: RefCell<Table<Rc<Connection>>>,
    /// Follows the canvas's feed while the room is open.
    task: RefCell<Option<Task>>,
}

/// A connection and its generation.
type Entry = (u64, Rc<Connection>);

/// A task that ends with its owner.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A connection's place in its worker's hub; leaving is dropping it.
pub(super) struct Membership {
    hub: Rc<Hub>,
    id: ConnectionId,
    room: Rc<Room>,
    place: usize,
    connection: Rc<Connection>,
}

impl Hub {
    /// An empty hub for one worker.
    pub fn new(sockets: Arc<Sockets>) -> Rc<Self> {
        Rc::new(Self {
            sockets,
            mailbox: Arc::default(),
            table: RefCell::default(),
            generation: Cell::new(0),
            rooms: RefCell::default(),
            caretakers: RefCell::default(),
        })
    }

    /// What all hubs share.
    pub fn sockets(&self) -> &Arc<Sockets> {
        &self.sockets
    }

    /// Where this worker's answers go.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// Takes a connection in; `None` when the server is full.
    pub(super) fn enter(self: &Rc<Self>, connection: &Rc<Connection>) -> Option<Membership> {
        let before = self.sockets.open.fetch_add(1, Ordering::Relaxed);
        if before >= self.sockets.max_connections {
            self.sockets.open.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        self.start_caretakers();
        let room = self.room(connection.live());
        let place = room.members.borrow_mut().insert(Rc::clone(connection));
        let generation = self.generation.get();
        self.generation.set(generation + 1);
        let index = self.table.borrow_mut().insert((generation, Rc::clone(connection)));
        let seat = connection.session(|session| session.seat());
        connection.live().enter(seat);
        self.sockets.metrics.connection_opened();
        Some(Membership {
            hub: Rc::clone(self),
            id: ConnectionId { index, generation },
            room,
            place,
            connection: Rc::clone(connection),
        })
    }

    fn find(&self, id: ConnectionId) -> Option<Rc<Connection>> {
        match self.table.borrow().get(id.index) {
            Some((generation, connection)) if *generation == id.generation => {
                Some(Rc::clone(connection))
            }
            _ => None,
        }
    }

    fn for_each(&self, mut each: impl FnMut(&Rc<Connection>)) {
        for (_, connection) in self.table.borrow().iter() {
            each(connection);
        }
    }

    /// The tasks every hub has, from its first connection on. They hold the
    /// hub weakly and end with it.
    fn start_caretakers(self: &Rc<Self>) {
        let mut tasks = self.caretakers.borrow_mut();
        if tasks.is_empty() {
            tasks.push(Task(rt::spawn(deliver(Rc::downgrade(self), Arc::clone(&self.mailbox)))));
            tasks.push(Task(rt::spawn(look_after(Rc::downgrade(self)))));
            let phase = self.sockets.phase.clone();
            tasks.push(Task(rt::spawn(close_all(Rc::downgrade(self), phase))));
        }
    }

    /// A canvas's room, opened with its first viewer.
    fn room(&self, live: &Arc<LiveCanvas>) -> Rc<Room> {
        let mut rooms = self.rooms.borrow_mut();
        let room = rooms.entry(live.number).or_insert_with(|| {
            let room = Rc::new(Room { members: RefCell::default(), task: RefCell::default() });
            let metrics = Arc::clone(&self.sockets.metrics);
            let follow = follow(Rc::downgrade(&room), live.feed.listen(), metrics);
            *room.task.borrow_mut() = Some(Task(rt::spawn(follow)));
            room
        });
        Rc::clone(room)
    }
}

impl Membership {
    /// The connection's name for answers.
    pub(super) fn id(&self) -> ConnectionId {
        self.id
    }

    /// The worker's letter box.
    pub(super) fn mailbox(&self) -> &Arc<Mailbox> {
        self.hub.mailbox()
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        let seat = self.connection.session(|session| session.seat());
        self.connection.live().leave(seat);
        self.hub.table.borrow_mut().remove(self.id.index);
        self.room.members.borrow_mut().remove(self.place);
        self.hub.sockets.metrics.connection_closed();
        self.hub.sockets.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Brings answers from the sequencers to their connections.
async fn deliver(hub: Weak<Hub>, mailbox: Arc<Mailbox>) {
    let mut answers = Vec::new();
    loop {
        mailbox.collect(&mut answers).await;
        let Some(hub) = hub.upgrade() else { return };
        for answer in &answers {
            if let Some(connection) = hub.find(answer.connection) {
                connection.session(place_core::session::Session::answered);
                connection.send(answer_frame(&connection, answer));
            }
        }
    }
}

fn answer_frame(connection: &Connection, answer: &Answer) -> bytes::Bytes {
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
    server_frame(connection.live(), &answer)
}

/// A binary message as one frame.
pub(super) fn server_frame(live: &LiveCanvas, message: &ServerFrame) -> bytes::Bytes {
    let (size, colors) = {
        let state = live.state.read();
        (state.size(), state.palette().len())
    };
    frame::frame(Opcode::Binary, &message.encode(size, colors))
}

/// Brings a canvas's viewers forward whenever its feed has new frames.
async fn follow(room: Weak<Room>, mut bell: watch::Receiver<()>, metrics: Arc<Metrics>) {
    while bell.changed().await.is_ok() {
        let mut place = Some(0);
        while let Some(from) = place {
            place = match room.upgrade() {
                Some(room) => room.advance(from, &metrics),
                None => return,
            };
            if place.is_some() {
                tokio::task::yield_now().await;
            }
        }
    }
}

impl Room {
    /// Brings some viewers forward; gives the place to go on from.
    fn advance(&self, from: usize, metrics: &Metrics) -> Option<usize> {
        let members = self.members.borrow();
        let end = members.end().min(from + IN_A_ROW);
        let mut sent = Tally::default();
        for connection in (from..end).filter_map(|place| members.get(place)) {
            let Tally { frames, bytes } = connection.advance();
            sent.frames += frames;
            sent.bytes += bytes;
        }
        metrics.sent_many(sent.frames, sent.bytes);
        (end < members.end()).then_some(end)
    }
}

/// Pings the silent, drops the dead.
async fn look_after(hub: Weak<Hub>) {
    let mut rounds = tokio::time::interval(LOOK_INTERVAL);
    loop {
        rounds.tick().await;
        let Some(hub) = hub.upgrade() else { return };
        let now = Instant::now();
        hub.for_each(|connection| connection.look_after(now));
    }
}

/// Closes everything when the server stops.
async fn close_all(hub: Weak<Hub>, mut watch: PhaseWatch) {
    phase::reached(&mut watch, Phase::Closing).await;
    if let Some(hub) = hub.upgrade() {
        hub.for_each(|connection| {
            connection.close(close_code::GOING_AWAY, "the server is stopping");
        });
    }
}
