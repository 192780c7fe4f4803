//! One thread's connections: reads from those whose sockets are its own, brings
//! them answers, sends them their feed, and looks after the silent ones.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::io;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::rt;
use bytes::{Bytes, BytesMut};
use place_core::cooldown::Cooldown;
use place_core::session::{Session, close_code};
use tokio::sync::watch;
use tokio::task::{JoinHandle, yield_now};

use super::connection::Connection;
use super::messages::{answer_frame, handle};
use super::pace::Pace;
use super::poller::{Event, Poller};
use super::room::Room;
use super::sender::Sender;
use super::socket::Socket;
use super::table::Table;
use super::who::Who;
use crate::chat::Chat;
use crate::phase::{self, Phase, PhaseWatch};
use crate::sequencer::{ConnectionId, LiveCanvas, Mailbox, Post, Switchboard, Taken};
use crate::telemetry::{Metrics, Stage};

/// How often silent and closing connections are looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Bytes read from a socket at once: a peer that sends more waits its turn. All
/// sockets of a worker share one buffer of this size.
const READ_BYTES: usize = 16 * 1024;

/// What all workers' hubs share.
#[derive(Debug)]
pub struct Sockets {
    /// Most connections at a time.
    pub max_connections: usize,
    /// Ceiling of messages of one connection.
    pub ceiling: Cooldown,
    /// Whether the feed is sent in batches, by `io_uring`.
    pub batched: bool,
    /// Connections open now.
    pub open: AtomicUsize,
    /// Reaches every hub.
    pub switchboard: Arc<Switchboard>,
    /// Hands on what people write.
    pub chat: Arc<Chat>,
    /// How far the server's end has come.
    pub phase: PhaseWatch,
    /// Where things are counted.
    pub metrics: Arc<Metrics>,
}

impl Sockets {
    /// Counts a connection; `None` when the server is full.
    pub(super) fn place(self: &Arc<Self>) -> Option<Place> {
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        self.metrics.connection_opened();
        let place = Place(Arc::clone(self));
        (before < self.max_connections).then_some(place)
    }
}

/// A connection that is counted, for as long as this is kept.
#[derive(Debug)]
pub(super) struct Place(Arc<Sockets>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.metrics.connection_closed();
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One thread's connections.
pub struct Hub {
    sockets: Arc<Sockets>,
    mailbox: Arc<Mailbox>,
    table: RefCell<Table<Entry>>,
    generation: Cell<u64>,
    rooms: RefCell<HashMap<u32, OpenRoom>>,
    /// The sockets that are served from here; `None` on threads of the web
    /// server, which reads and writes by itself.
    poller: Option<Rc<Poller>>,
    sender: OnceCell<RefCell<Sender>>,
    caretakers: RefCell<Vec<Task>>,
}

/// A canvas's connections, and who brings them the feed.
struct OpenRoom {
    room: Rc<Room>,
    _follower: Task,
}

/// A connection, its generation, and its place among all.
type Entry = (u64, Rc<Connection>, Place);

/// A task that ends with its owner.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The name of a connection in the epoll set.
pub(super) fn event_name(id: ConnectionId) -> u64 {
    (id.generation << 32) | (id.index as u64 & u64::from(u32::MAX))
}

impl Hub {
    /// An empty hub for a thread of the web server.
    pub fn new(sockets: Arc<Sockets>) -> Rc<Self> {
        Self::with(sockets, None)
    }

    /// An empty hub for a thread that serves sockets by itself.
    pub(super) fn serving(sockets: Arc<Sockets>) -> io::Result<Rc<Self>> {
        Ok(Self::with(sockets, Some(Rc::new(Poller::new()?))))
    }

    fn with(sockets: Arc<Sockets>, poller: Option<Rc<Poller>>) -> Rc<Self> {
        Rc::new(Self {
            sockets,
            mailbox: Arc::default(),
            table: RefCell::default(),
            generation: Cell::new(0),
            rooms: RefCell::default(),
            poller,
            sender: OnceCell::new(),
            caretakers: RefCell::default(),
        })
    }

    /// What all hubs share.
    pub fn sockets(&self) -> &Arc<Sockets> {
        &self.sockets
    }

    /// Takes a connection in. It is to be given back by [`Hub::leave`], unless it
    /// is [served](Hub::serve) from here.
    pub(super) fn enter(
        self: &Rc<Self>,
        live: &Arc<LiveCanvas>,
        session: Session,
        who: Who,
        socket: Option<Socket>,
        place: Place,
    ) -> Rc<Connection> {
        self.start_caretakers();
        live.enter(who.present());
        let connection =
            Connection::new(self.room(live), session, who, Pace::above(self.sockets.ceiling));
        let generation = self.generation.get();
        self.generation.set(generation + 1);
        let entry = (generation, Rc::clone(&connection), place);
        let index = self.table.borrow_mut().insert(entry);
        connection.sit_down(ConnectionId { index, generation }, socket);
        connection
    }

    /// Gives a connection back, and closes our hold of its socket.
    pub(super) fn leave(&self, connection: &Connection) {
        let index = connection.id().index;
        if self.find(connection.id()).is_none() {
            return;
        }
        let entry = self.table.borrow_mut().take(index);
        connection.stand_up();
        connection.live().leave(connection.who().present());
        drop(entry);
    }

    /// The same, by its name.
    pub(super) fn dismiss(&self, id: ConnectionId) {
        if let Some(connection) = self.find(id) {
            self.leave(&connection);
        }
    }

    /// Serves a connection that has entered: `welcome` is what it is told first,
    /// `said` what it has said already.
    pub(super) fn serve(&self, id: ConnectionId, welcome: Bytes, said: Bytes) {
        let (Some(connection), Some(poller)) = (self.find(id), &self.poller) else { return };
        if let Err(error) = connection.take_over(poller, welcome) {
            tracing::debug!(%error, "a connection can't be served");
            return self.leave(&connection);
        }
        connection.take_in(&mut BytesMut::from(said), handle);
        if connection.is_over() {
            self.leave(&connection);
        }
    }

    fn find(&self, id: ConnectionId) -> Option<Rc<Connection>> {
        match self.table.borrow().get(id.index) {
            Some((generation, connection, _)) if *generation == id.generation => {
                Some(Rc::clone(connection))
            }
            _ => None,
        }
    }

    fn at(&self, index: u32) -> Option<Rc<Connection>> {
        self.table.borrow().get(index as usize).map(|(_, connection, _)| Rc::clone(connection))
    }

    fn for_each(&self, mut each: impl FnMut(&Rc<Connection>)) {
        for (_, connection, _) in self.table.borrow().iter() {
            each(connection);
        }
    }

    /// The tasks every hub has, from its first connection on. They hold the
    /// hub weakly and end with it. Letters come from then on, too: what was said
    /// while nobody was here is not for those who come later.
    fn start_caretakers(self: &Rc<Self>) {
        let mut tasks = self.caretakers.borrow_mut();
        if !tasks.is_empty() {
            return;
        }
        self.sockets.switchboard.connect(&self.mailbox);
        tasks.push(Task(rt::spawn(deliver(Rc::downgrade(self), Arc::clone(&self.mailbox)))));
        tasks.push(Task(rt::spawn(look_after(Rc::downgrade(self)))));
        let phase = self.sockets.phase.clone();
        tasks.push(Task(rt::spawn(close_all(Rc::downgrade(self), phase))));
        if let Some(poller) = &self.poller {
            tasks.push(Task(rt::spawn(attend(Rc::downgrade(self), Rc::clone(poller)))));
        }
    }

    /// A canvas's room, opened with its first viewer.
    fn room(self: &Rc<Self>, live: &Arc<LiveCanvas>) -> Rc<Room> {
        let mut rooms = self.rooms.borrow_mut();
        let open = rooms.entry(live.number).or_insert_with(|| {
            let metrics = Arc::clone(&self.sockets.metrics);
            let room = Rc::new(Room::new(
                Arc::clone(live),
                Arc::clone(&self.mailbox),
                Arc::clone(&self.sockets.chat),
                metrics,
            ));
            let follow = follow(Rc::downgrade(self), Rc::downgrade(&room), live.feed.listen());
            OpenRoom { room, _follower: Task(rt::spawn(follow)) }
        });
        Rc::clone(&open.room)
    }

    /// Lets go of the rooms of deleted canvases, once everybody has left.
    fn close_rooms(&self) {
        let is_over =
            |room: &Room| room.live.is_gone() && room.viewers.borrow().iter().next().is_none();
        self.rooms.borrow_mut().retain(|_, open| !is_over(&open.room));
    }

    /// Does what happened at a socket.
    fn attend_to(&self, event: Event, buffer: &mut [u8]) {
        let id = ConnectionId {
            index: (event.name & u64::from(u32::MAX)) as usize,
            generation: event.name >> 32,
        };
        let connection = match self.table.borrow().get(id.index) {
            Some((generation, connection, _))
                if *generation & u64::from(u32::MAX) == id.generation =>
            {
                Rc::clone(connection)
            }
            _ => return,
        };
        if event.writable {
            connection.push_on();
            connection.resume(handle);
        }
        if event.readable {
            connection.receive(buffer, handle);
        } else if event.gone {
            connection.abort();
        }
        if connection.is_over() {
            self.leave(&connection);
        }
    }

    /// Says or does something to those connections that it is meant for.
    fn do_as_told(&self, post: &Post) {
        let Some(room) = self.rooms.borrow().get(&post.canvas).map(|open| Rc::clone(&open.room))
        else {
            return;
        };
        let indices: Vec<u32> = room.viewers.borrow().iter().map(|viewer| viewer.index).collect();
        let meant = {
            let state = room.live.state.read();
            let team_of = |seat| state.seat(seat).standing().team;
            let connections = indices.into_iter().filter_map(|index| self.at(index));
            let is_meant = |connection: &Rc<Connection>| connection.who().is_in(&post.to, team_of);
            connections.filter(is_meant).collect::<Vec<_>>()
        };
        for connection in meant {
            connection.do_as_told(&post.word);
        }
    }

    /// Brings some viewers of a room forward; gives the place to go on from.
    fn advance(&self, room: &Room, from: usize) -> Option<usize> {
        let sender = self.sender.get_or_init(|| RefCell::new(Sender::new(self.sockets.batched)));
        let progress = room.advance(from, &mut sender.borrow_mut());
        for (index, rest) in progress.behind {
            if let Some(connection) = self.at(index) {
                connection.fall_behind(rest);
            }
        }
        progress.broken.into_iter().filter_map(|index| self.at(index)).for_each(|connection| {
            connection.abort();
        });
        progress.elsewhere.into_iter().filter_map(|index| self.at(index)).for_each(|connection| {
            connection.push_on();
        });
        progress.next
    }
}

/// Reads from the sockets that were taken over, and writes to those that have
/// room again.
async fn attend(hub: Weak<Hub>, poller: Rc<Poller>) {
    let (mut events, mut buffer) = (Vec::new(), vec![0; READ_BYTES]);
    loop {
        if let Err(error) = poller.events(&mut events).await {
            tracing::error!(%error, "the epoll set of a worker failed");
            return;
        }
        let Some(hub) = hub.upgrade() else { return };
        for event in &events {
            hub.attend_to(Event::from(*event), &mut buffer);
        }
        drop(hub);
        yield_now().await;
    }
}

/// Brings answers from the sequencers to their connections, those of one turn
/// to the same connection in one piece.
async fn deliver(hub: Weak<Hub>, mailbox: Arc<Mailbox>) {
    let (mut taken, mut answered) = (Taken::default(), Vec::new());
    loop {
        let posted_at = mailbox.collect(&mut taken).await;
        let Some(hub) = hub.upgrade() else { return };
        for answer in &taken.answers {
            if let Some(connection) = hub.find(answer.connection)
                && connection.answer(answer_frame(connection.live(), answer))
            {
                answered.push(connection);
            }
        }
        answered.drain(..).for_each(|connection| connection.release());
        hub.sockets.metrics.stage(Stage::Answer, posted_at.elapsed(), taken.answers.len());
        for post in &taken.posts {
            hub.do_as_told(post);
        }
        if taken.lost {
            // Whoever comes back loads everything anew.
            hub.for_each(|connection| {
                connection.close(close_code::TRY_AGAIN, "the server is too busy");
            });
        }
    }
}

/// Brings a canvas's viewers forward whenever its feed has new frames.
async fn follow(hub: Weak<Hub>, room: Weak<Room>, mut bell: watch::Receiver<Instant>) {
    while bell.changed().await.is_ok() {
        let rung_at = *bell.borrow_and_update();
        let heard_at = Instant::now();
        let mut place = Some(0);
        while let Some(from) = place {
            let (Some(hub), Some(room)) = (hub.upgrade(), room.upgrade()) else { return };
            place = hub.advance(&room, from);
            if place.is_none() {
                let metrics = &hub.sockets.metrics;
                metrics.stage(Stage::Wake, heard_at - rung_at, 1);
                metrics.stage(Stage::Send, heard_at.elapsed(), 1);
            }
            drop((hub, room));
            if place.is_some() {
                yield_now().await;
            }
        }
    }
}

/// Pings the silent, drops the dead.
async fn look_after(hub: Weak<Hub>) {
    let mut rounds = tokio::time::interval(LOOK_INTERVAL);
    loop {
        rounds.tick().await;
        let Some(hub) = hub.upgrade() else { return };
        let now = Instant::now();
        hub.for_each(|connection| {
            connection.look_after(now);
            connection.resume(handle);
        });
        hub.close_rooms();
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
