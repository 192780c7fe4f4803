//! Puts the parts together, runs them, and takes them down in order.

mod public;

use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer, rt, web};
use futures_util::future::OptionFuture;
use place_core::cooldown::Cooldown;
use place_core::wire::text::ServerText;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use crate::accounts::{Guesses, LoginThrottle, Passwords};
use crate::background::{Background, Priority};
use crate::canvases::{self, Canvases, CreateError, NewCanvas};
use crate::chat::Chat;
use crate::http::admin::{self, ControlSocket, TokenHash};
use crate::http::canvases::{DEFAULT_RULES, DEFAULT_SIDE_CELLS};
use crate::http::pages::IndexPage;
use crate::http::{self, Api};
use crate::keeper::{self, Keeper, Schedule};
use crate::lesson::Clockwork;
use crate::phase::Phase;
use crate::sequencer::Switchboard;
use crate::settings::{IoUring, Settings};
use crate::snapshot::Snapshots;
use crate::store::{Commit, Observer, OpenError, Part, Store, StoreError, StoreOptions};
use crate::telemetry::{Metrics, Stage};
use crate::ws::{self, Hub, Sockets, Threads};
use crate::{net, palettes, tls, trash};
use public::Public;

/// Threads that serve the control socket: one person types there.
const CONTROL_WORKERS: usize = 1;

/// How long the web server itself may take to end, in seconds, once every
/// connection of ours is closed.
const HTTP_SHUTDOWN_S: u64 = 1;

/// How long is waited for that.
const HTTP_ENDS_MAX: Duration = Duration::from_secs(HTTP_SHUTDOWN_S * 2);

/// What kept the server from starting, or ended it.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data folder can't be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The first canvas could not be created.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The certificate or its key can't be used.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    /// The address can't be listened on.
    #[error("can't listen on {address}: {error}{hint}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        error: io::Error,
        /// What to do about it.
        hint: &'static str,
    },
    /// The client's files are missing.
    #[error("the client can't be read from {folder}: {error}")]
    Web {
        /// Where they should be.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Something else.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs the server until it is told to stop.
pub fn serve(settings: Settings, web: &Path) -> Result<(), ServeError> {
    rt::System::new().block_on(run(settings, web))
}

async fn run(settings: Settings, web: &Path) -> Result<(), ServeError> {
    let metrics = Arc::new(Metrics::new());
    let page = IndexPage::load(web, &settings.base_path.href())
        .map_err(|error| ServeError::Web { folder: web.to_owned(), error })?;
    let store = Store::open(&settings.data, store_options(&metrics))?;
    if store.canvases()?.is_empty() {
        canvases::create(&store, &playground())?;
    }
    let token = admin::token(&settings.data)?;
    let (phases, phase) = watch::channel(Phase::Serving);
    let switchboard = Arc::new(Switchboard::default());
    let canvases = Arc::new(Canvases::open(
        store.clone(),
        settings.queue_capacity as usize,
        tokio::runtime::Handle::current(),
        phase.clone(),
        Arc::clone(&metrics),
        Arc::clone(&switchboard),
    )?);
    let snapshots = Snapshots::new(settings.data.join("snapshots"), settings.retention());
    let background = Background::new("background", Priority::Lowest)?;
    empty_trash(background.clone(), store.clone(), snapshots.clone());
    let keeper = Keeper::new(
        Arc::clone(&canvases),
        store.clone(),
        snapshots.clone(),
        Schedule {
            checkpoint_entries: settings.checkpoint_entries,
            checkpoint_interval: settings.checkpoint_interval,
            snapshot_interval: settings.snapshot_interval,
        },
        Arc::clone(&metrics),
        background.clone(),
    );
    let keeper = tokio::spawn(keeper.run(phase.clone()));
    let mut clockwork = Clockwork::new(Arc::clone(&canvases), store.clone());
    clockwork.catch_up().await;
    let clockwork = tokio::spawn(clockwork.run(phase.clone()));
    let chat = Arc::new(Chat::new(store.clone()));
    let batched = sends_batched(&settings);
    metrics.feed_batched(batched);
    let sockets = Arc::new(Sockets {
        max_connections: settings.connections_within(net::raise_open_files()),
        ceiling: ceiling(&settings),
        batched,
        open: AtomicUsize::new(0),
        switchboard,
        chat: Arc::clone(&chat),
        phase: phase.clone(),
        metrics: Arc::clone(&metrics),
    });
    let api = web::Data::new(Api {
        settings: settings.clone(),
        store: store.clone(),
        canvases: Arc::clone(&canvases),
        snapshots,
        chat,
        boards: http::board::Boards::default(),
        pictures: http::image::Pictures::default(),
        background: background.clone(),
        joins: http::join::Throttle::new(
            at_least_one(settings.joins_per_second),
            at_least_one(settings.join_burst),
        ),
        codes_guessed: Guesses::default(),
        cards_guessed: Guesses::default(),
        address: OnceLock::new(),
        passwords: Passwords::new(),
        logins: LoginThrottle::new(),
        admin: TokenHash::of(&token),
        metrics,
        journal_readers: Semaphore::new(http::JOURNAL_READERS),
        phase,
    });
    let threads = web::Data::new(Threads::start(settings.worker_threads(), &sockets)?);
    let parts = Parts { api: api.clone(), page, sockets: Arc::clone(&sockets), threads };
    let public = Public::start(&settings, web, &parts)?;
    let control = control_server(&settings, &parts);
    let handles: Vec<_> =
        control.iter().map(Server::handle).chain([public.handle.clone()]).collect();
    let control = control.map(rt::spawn);
    let addresses = net::Addresses::of(&settings, public.port);
    let _ = api.address.set(addresses.to_pass_on().to_owned());
    // Whoever reads the address may ask for the end at once.
    let signals = Signals::listen()?;
    announce(&addresses, first_link(&store).await?.as_deref());
    signals.first().await;
    let shutdown = Shutdown { phases, canvases, background, sockets, settings };
    shutdown.run(&handles).await;
    let web_servers = async { (OptionFuture::from(control).await, public.ended.await) };
    let _ = timeout(HTTP_ENDS_MAX, web_servers).await;
    parts.threads.end();
    let _ = keeper.await;
    let _ = clockwork.await;
    if let Err(error) = store.close() {
        tracing::error!(%error, "the store did not close well");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Clears away what a kill in the middle of a deletion left, behind everybody
/// else.
fn empty_trash(background: Background, store: Store, snapshots: Snapshots) {
    tokio::spawn(async move { background.run(move || trash::empty(&store, &snapshots)).await });
}

/// The canvas that an empty data folder gets.
fn playground() -> NewCanvas {
    NewCanvas {
        id: Some("playground".to_owned()),
        name: "Playground".to_owned(),
        size: place_core::Size::new(DEFAULT_SIDE_CELLS, DEFAULT_SIDE_CELLS)
            .expect("the default is within the limits"),
        palette: palettes::default().palette.clone(),
        rules: DEFAULT_RULES,
    }
}

/// How the store behaves under this server.
fn store_options(metrics: &Arc<Metrics>) -> StoreOptions {
    StoreOptions {
        observer: Arc::new(CommitMetrics(Arc::clone(metrics))),
        ..StoreOptions::default()
    }
}

/// Counts the store's commits and their parts.
struct CommitMetrics(Arc<Metrics>);

impl Observer for CommitMetrics {
    fn committed(&self, commit: &Commit) {
        self.0.commit(commit.took, commit.entries);
    }

    fn timed(&self, part: Part, took: Duration, entries: usize) {
        let stage = match part {
            Part::Encode => Stage::Encode,
            Part::Wait => Stage::Handover,
            Part::Write => Stage::Write,
            Part::Sync => Stage::Sync,
            Part::Return => Stage::Return,
        };
        self.0.stage(stage, took, entries);
    }
}

/// Whether the feed is sent by `io_uring`: the system, or the container around
/// us, may forbid it.
fn sends_batched(settings: &Settings) -> bool {
    if settings.io_uring == IoUring::Off {
        return false;
    }
    match ws::probe_io_uring() {
        Ok(()) => {
            tracing::info!("io_uring: the feed is sent in batches");
            true
        }
        Err(error) if settings.io_uring == IoUring::On => {
            tracing::warn!(%error, "no io_uring: the feed is sent one by one");
            false
        }
        Err(error) => {
            tracing::info!(%error, "no io_uring: the feed is sent one by one");
            false
        }
    }
}

/// The ceiling against floods of one connection, as the cooldown it is.
fn ceiling(settings: &Settings) -> Cooldown {
    let interval_ms = 1000 / settings.placements_per_second.max(1);
    Cooldown { interval_ms, saved_max: settings.placement_burst }
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

/// What every thread that answers requests is given.
#[derive(Clone)]
struct Parts {
    api: web::Data<Api>,
    page: IndexPage,
    sockets: Arc<Sockets>,
    threads: web::Data<Threads>,
}

impl Parts {
    fn put_into(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(self.api.clone())
            .app_data(web::Data::new(self.page.clone()))
            .app_data(web::Data::new(Hub::new(Arc::clone(&self.sockets))))
            .app_data(self.threads.clone());
    }
}

/// The control socket; a file system that has no sockets costs only the
/// commands that use it.
fn control_server(settings: &Settings, parts: &Parts) -> Option<Server> {
    let path = net::control_socket_path(&settings.data);
    let parts = parts.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(ControlSocket)
            .configure(|config| parts.put_into(config))
            .configure(http::routes)
    })
    .workers(CONTROL_WORKERS)
    .disable_signals()
    .shutdown_timeout(HTTP_SHUTDOWN_S);
    let bound = net::bind_control(&path).and_then(|listener| server.listen_uds(listener));
    match bound {
        Ok(server) => Some(server.run()),
        Err(error) => {
            tracing::warn!(
                path = %path.display(), %error,
                "no control socket: `place canvas`, `place export` and `place health` can't reach this server"
            );
            None
        }
    }
}

/// A link to the first account, while there is none.
async fn first_link(store: &Store) -> Result<Option<String>, StoreError> {
    if !store.teachers()?.is_empty() {
        return Ok(None);
    }
    http::teachers::make_link(store, None).await.map(Some)
}

/// Says where the canvas can be opened, and where the first teacher begins. On
/// standard output, for people and for programs that start the server.
fn announce(addresses: &net::Addresses, link: Option<&str>) {
    let mut out = io::stdout().lock();
    let _ = write!(out, "{addresses}");
    if let Some(link) = link {
        let (start, path) = (addresses.to_pass_on(), http::teachers::desk_path(link));
        let _ = writeln!(
            out,
            "There is no teacher yet. Choose a name and a password at\n  {start}{path}"
        );
    }
    let _ = out.flush();
}

/// The signals that ask for the end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn first(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => tracing::info!("SIGTERM: stopping"),
            _ = self.interrupt.recv() => tracing::info!("interrupted: stopping"),
        }
    }
}

/// Takes the server down: nothing new, save and answer what waits, say
/// good-bye, close.
struct Shutdown {
    phases: watch::Sender<Phase>,
    canvases: Arc<Canvases>,
    background: Background,
    sockets: Arc<Sockets>,
    settings: Settings,
}

impl Shutdown {
    async fn run(&self, servers: &[ServerHandle]) {
        let deadline = Instant::now() + self.settings.shutdown_timeout;
        self.tell_viewers();
        sleep(self.settings.shutdown_notice).await;
        self.phases.send_replace(Phase::Draining);
        if timeout(self.settings.shutdown_timeout, self.canvases.finish()).await.is_err() {
            tracing::error!("some canvases did not come to an end in time");
        }
        self.phases.send_replace(Phase::Closing);
        while self.sockets.open.load(Ordering::Relaxed) > 0 && Instant::now() < deadline {
            sleep(Duration::from_millis(10)).await;
        }
        for server in servers {
            server.stop(true).await;
        }
        for live in self.canvases.all() {
            keeper::checkpoint(self.canvases.store(), &live, &self.background).await;
        }
    }

    fn tell_viewers(&self) {
        let notice = ServerText::Notice {
            code: "stopping".to_owned(),
            text: "The server is about to restart. Your pixels are safe.".to_owned(),
        };
        for live in self.canvases.all() {
            live.feed.write(|feed| {
                feed.push_text(&notice);
                true
            });
        }
    }
}
