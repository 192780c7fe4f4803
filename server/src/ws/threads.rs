//! Threads that do nothing but serve sockets.
//!
//! Requests are answered by other threads, which stand behind these: however
//! much is asked for, those who draw have their turn first. A connection begins
//! over there, with its handshake, and has its place here from then on; what it
//! is told meanwhile waits for it.

use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use bytes::Bytes;
use parking_lot::Mutex;
use place_core::session::Session;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use super::hub::{Hub, Place, Sockets};
use super::socket::Socket;
use super::who::Who;
use crate::sequencer::{ConnectionId, LiveCanvas};

/// What these threads are called; shown by `top -H`.
const NAME: &str = "sockets";

/// Somebody who comes in.
pub(super) struct Entrant {
    pub(super) live: Arc<LiveCanvas>,
    pub(super) session: Session,
    pub(super) who: Who,
    pub(super) socket: Socket,
    pub(super) place: Place,
}

/// What a thread is asked to do.
enum Command {
    /// Take somebody in.
    Enter(Box<Entrant>, oneshot::Sender<Ticket>),
    /// Serve a connection from now on: what it is told first, and what it has
    /// said already.
    Serve(ConnectionId, Bytes, Bytes),
    /// Let a connection go that came to nothing.
    Leave(ConnectionId),
    /// Come to an end.
    End,
}

/// The threads; each serves as many connections as the others.
pub struct Threads {
    /// What waits for a thread needs no bound of its own: a connection is counted
    /// before it enters, and asks for two things.
    commands: Vec<UnboundedSender<Command>>,
    handles: Mutex<Vec<JoinHandle<()>>>,
    next: AtomicUsize,
}

impl Threads {
    /// Starts so many threads.
    pub fn start(count: usize, sockets: &Arc<Sockets>) -> io::Result<Self> {
        let threads = (0..count.max(1)).map(|_| start(Arc::clone(sockets)));
        let (commands, handles) = threads.collect::<io::Result<_>>()?;
        Ok(Self { commands, handles: Mutex::new(handles), next: AtomicUsize::new(0) })
    }

    /// Gives somebody a place on one of the threads; `None` when they have come
    /// to their end.
    pub(super) async fn enter(&self, entrant: Entrant) -> Option<Ticket> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, ticket) = oneshot::channel();
        let command = Command::Enter(Box::new(entrant), sender);
        self.commands[turn % self.commands.len()].send(command).ok()?;
        ticket.await.ok()
    }

    /// Ends all of them, with every connection that is left, and waits for that.
    pub fn end(&self) {
        for commands in &self.commands {
            // One that is gone already has ended.
            let _ = commands.send(Command::End);
        }
        for handle in self.handles.lock().drain(..) {
            if handle.join().is_err() {
                tracing::error!("a thread that served sockets has panicked");
            }
        }
    }
}

/// Starts a thread; gives the way to it when it can serve.
fn start(sockets: Arc<Sockets>) -> io::Result<(UnboundedSender<Command>, JoinHandle<()>)> {
    let (commands, asked) = unbounded_channel();
    let (own, (begun, has_begun)) = (commands.clone(), std::sync::mpsc::channel());
    let handle = thread::Builder::new().name(NAME.to_owned()).spawn(move || {
        let runtime = match Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            // Whoever starts us waits for that, here and below.
            Err(error) => return drop(begun.send(Err(error))),
        };
        LocalSet::new().block_on(&runtime, async move {
            match Hub::serving(sockets) {
                Ok(hub) => {
                    let _ = begun.send(Ok(()));
                    serve(&hub, asked, own).await;
                }
                Err(error) => drop(begun.send(Err(error))),
            }
        });
    })?;
    has_begun.recv().map_err(|_| io::Error::other("a thread for sockets has ended"))??;
    Ok((commands, handle))
}

async fn serve(
    hub: &Rc<Hub>,
    mut asked: UnboundedReceiver<Command>,
    own: UnboundedSender<Command>,
) {
    while let Some(command) = asked.recv().await {
        match command {
            Command::Enter(entrant, ticket) => {
                let Entrant { live, session, who, socket, place } = *entrant;
                let connection = hub.enter(&live, session, who, Some(socket), place);
                // A ticket that nobody takes gives the place back.
                let _ = ticket.send(Ticket { commands: own.clone(), id: Some(connection.id()) });
            }
            Command::Serve(id, welcome, said) => hub.serve(id, welcome, said),
            Command::Leave(id) => hub.dismiss(id),
            Command::End => return,
        }
    }
}

/// A place on one of the threads, while the handshake is under way elsewhere. If
/// that comes to nothing, the place is free again.
pub(super) struct Ticket {
    commands: UnboundedSender<Command>,
    /// `None` once it is used.
    id: Option<ConnectionId>,
}

impl Ticket {
    /// Has the connection served from now on: `welcome` is what it is told first,
    /// `said` what it has said already.
    pub(super) fn redeem(mut self, welcome: Bytes, said: Bytes) {
        if let Some(id) = self.id.take() {
            // The thread has ended, and the connection with it.
            let _ = self.commands.send(Command::Serve(id, welcome, said));
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            let _ = self.commands.send(Command::Leave(id));
        }
    }
}
