//! Everything that can be set, in one validated struct.
//!
//! A value comes from the command line, else from the environment (`PLACE_…`),
//! else from the TOML file named by `--config`, else from the default that
//! stands here. [`layers`] joins the four; the comments below are also the text
//! of `place --help`, and give the reason of each default.

pub mod layers;
mod value;
mod web;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use layers::Stop;
pub use value::{BasePath, IoUring, LogFormat, TrustedProxies, parse_duration};

use crate::snapshot::Retention;
use value::{duration_between, filter, number_between};

/// File descriptors that are not viewers: the store, the log, listening
/// sockets, files being served, and connections that speak HTTP, which have two
/// each.
const RESERVED_DESCRIPTORS: u64 = 256;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// The settings of a server.
#[derive(Clone, Debug, PartialEq, clap::Args)]
#[group(skip)]
pub struct Settings {
    /// Address and port to listen on.
    ///
    /// By default every address of this machine, so that the others in the room
    /// can open it; 127.0.0.1:8080 keeps it to this machine.
    #[arg(long, value_name = "ADDR:PORT", help_heading = "Network")]
    #[arg(default_value = "0.0.0.0:8080", value_parser = value::listen)]
    pub listen: SocketAddr,

    /// Path that every address begins with, for a server behind a proxy that
    /// gives it a part of a site.
    #[arg(long, value_name = "PATH", help_heading = "Network")]
    #[arg(default_value = "/", value_parser = BasePath::parse)]
    pub base_path: BasePath,

    /// Proxies whose forwarded headers are believed: addresses or networks,
    /// separated by commas, such as 10.0.0.0/8.
    ///
    /// None by default: anybody could write such a header.
    #[arg(long, value_name = "NETWORKS", help_heading = "Network")]
    #[arg(default_value = "", hide_default_value = true, value_parser = TrustedProxies::parse)]
    pub trusted_proxies: TrustedProxies,

    /// Certificate chain for TLS, a PEM file; needs --tls-key.
    #[arg(long, value_name = "FILE", help_heading = "Network", value_parser = value::path)]
    pub tls_cert: Option<PathBuf>,

    /// Private key of the certificate, a PEM file.
    #[arg(long, value_name = "FILE", help_heading = "Network", value_parser = value::path)]
    pub tls_key: Option<PathBuf>,

    /// Speak TLS with a certificate made on the spot and kept in the data
    /// folder.
    ///
    /// Browsers warn about it, and people have to accept it once.
    #[arg(long, value_name = "BOOL", help_heading = "Network")]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(default_value = "false", hide_default_value = true, value_parser = value::switch)]
    #[arg(action = clap::ArgAction::Set)]
    pub tls_self_signed: bool,

    /// Folder with everything that is kept: canvases, seats, snapshots, keys.
    #[arg(long, value_name = "DIR", help_heading = "Storage", global = true)]
    #[arg(default_value = "./data", value_parser = value::path)]
    pub data: PathBuf,

    /// Placements after which the state of a canvas is stored as a checkpoint.
    ///
    /// A start reads the last checkpoint and what came after it; this many
    /// placements are read in well under a second.
    #[arg(long, value_name = "COUNT", help_heading = "Storage")]
    #[arg(default_value = "100000", value_parser = number_between::<u64, 100, 100_000_000>)]
    pub checkpoint_entries: u64,

    /// Time after which a changed canvas gets a checkpoint, however few
    /// placements there were.
    #[arg(long, value_name = "TIME", help_heading = "Storage", default_value = "10m")]
    #[arg(value_parser = |text: &str| duration_between(text, SECOND, DAY))]
    pub checkpoint_interval: Duration,

    /// Time between two pictures of a canvas that changes; 0 for none.
    ///
    /// Five minutes are a smooth timelapse of a lesson, at about half a
    /// megabyte for a large canvas.
    #[arg(long, value_name = "TIME", help_heading = "Snapshots", default_value = "5m")]
    #[arg(value_parser = value::duration_or_zero)]
    pub snapshot_interval: Duration,

    /// How long every snapshot is kept.
    #[arg(long, value_name = "TIME", help_heading = "Snapshots", default_value = "24h")]
    #[arg(value_parser = |text: &str| duration_between(text, HOUR, 3650 * DAY))]
    pub snapshot_keep_all: Duration,

    /// How long one snapshot an hour is kept; after that one a day is kept for
    /// ever.
    #[arg(long, value_name = "TIME", help_heading = "Snapshots", default_value = "30d")]
    #[arg(value_parser = |text: &str| duration_between(text, HOUR, 3650 * DAY))]
    pub snapshot_keep_hourly: Duration,

    /// Most connections at a time; further ones are told to come back later.
    ///
    /// Also bounded by the open files that the system allows. The default is
    /// what two cores serve at ten frames a second, with some to spare.
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    #[arg(default_value = "12000", value_parser = number_between::<u32, 1, 1_000_000>)]
    pub max_connections: u32,

    /// How long the head of a request may take to come, and then its body.
    ///
    /// Long enough for a phone at the edge of the Wi-Fi, short enough that
    /// nobody holds many connections with a byte now and then.
    #[arg(long, value_name = "TIME", help_heading = "Limits", default_value = "10s")]
    #[arg(value_parser = |text: &str| duration_between(text, SECOND, MINUTE))]
    pub request_timeout: Duration,

    /// Threads that serve sockets, and as many that answer requests; 0 for one a
    /// core.
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    #[arg(default_value = "0", value_parser = number_between::<u16, 0, 1024>)]
    pub workers: u16,

    /// How far those that answer requests stand behind those that serve sockets
    /// and save, as a nice value: 0 is not at all, 19 as far as there is.
    ///
    /// With 10 they get a tenth of a processor that both want: a flood of
    /// requests is not felt by those who draw, and a page still comes while ten
    /// thousand watch.
    #[arg(long, value_name = "NICE", help_heading = "Limits")]
    #[arg(default_value = "10", value_parser = number_between::<u8, 0, 19>)]
    pub http_nice: u8,

    /// Sends the feed in batches, one system call for many viewers: auto, on or
    /// off.
    ///
    /// Linux can do it, but many containers forbid it. With auto it is used
    /// where it works; with on there is also a warning where it does not.
    #[arg(long, value_name = "WHEN", help_heading = "Limits")]
    #[arg(default_value = "auto", value_parser = IoUring::parse)]
    pub io_uring: IoUring,

    /// New seats that one address may take, each second.
    ///
    /// Only a brake on floods: a whole school shares one address, and with the
    /// burst 1,000 of its pupils join within ten seconds.
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    #[arg(default_value = "100", value_parser = number_between::<u32, 1, 1_000_000>)]
    pub joins_per_second: u32,

    /// New seats that one address may take at once.
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    #[arg(default_value = "1000", value_parser = number_between::<u32, 1, 1_000_000>)]
    pub join_burst: u32,

    /// Placements of one canvas that may wait; further ones hear "busy".
    ///
    /// Two full batches: one more would only wait longer.
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    #[arg(default_value = "8192", value_parser = number_between::<u32, 16, 1_000_000>)]
    pub queue_capacity: u32,

    /// Placements that one connection may send each second, whatever the
    /// cooldown of the canvas.
    ///
    /// Far above what a hand can do, and low enough that one script can't keep
    /// the others waiting.
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    #[arg(default_value = "200", value_parser = number_between::<u32, 1, 1000>)]
    pub placements_per_second: u32,

    /// Placements that one connection may send at once: two seconds' worth.
    #[arg(long, value_name = "COUNT", help_heading = "Limits")]
    #[arg(default_value = "400", value_parser = number_between::<u16, 1, 10_000>)]
    pub placement_burst: u16,

    /// Longest message that /ws/echo sends back, in bytes.
    ///
    /// Enough for trying it out; conformance tests want 16 MiB. There are 256
    /// echoes at a time, fewer where their messages would have more than 256 MiB
    /// together.
    #[arg(long, value_name = "BYTES", help_heading = "Limits")]
    #[arg(default_value = "1048576", value_parser = number_between::<u32, 125, 67_108_864>)]
    pub echo_message_bytes: u32,

    /// What the log looks like: text or json.
    #[arg(long, value_name = "FORMAT", help_heading = "Log")]
    #[arg(default_value = "text", value_parser = LogFormat::parse)]
    pub log_format: LogFormat,

    /// What is logged: a level (error, warn, info, debug, trace), or levels by
    /// module, such as `info,place::ws=debug`.
    #[arg(long, value_name = "FILTER", help_heading = "Log")]
    #[arg(default_value = "info", value_parser = filter)]
    pub log: String,

    /// Time between the notice "the server is about to stop" and the close.
    ///
    /// Long enough to be read by the client, short enough for a restart.
    #[arg(long, value_name = "TIME", help_heading = "Stopping", default_value = "1s")]
    #[arg(value_parser = |text: &str| duration_between(text, Duration::ZERO, MINUTE))]
    pub shutdown_notice: Duration,

    /// Longest time that a stop may take after the notice.
    ///
    /// Docker kills a container ten seconds after it asked it to stop.
    #[arg(long, value_name = "TIME", help_heading = "Stopping", default_value = "8s")]
    #[arg(value_parser = |text: &str| duration_between(text, SECOND, 5 * MINUTE))]
    pub shutdown_timeout: Duration,

    /// Folder with the built browser client.
    ///
    /// By default the one that was built together with this program, else
    /// `web` beside the program, else /usr/share/place/web.
    #[arg(long, value_name = "DIR", help_heading = "Storage", value_parser = value::path)]
    pub web: Option<PathBuf>,
}

/// Where the certificate for TLS comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsSource<'a> {
    /// Plain HTTP.
    None,
    /// The owner's own files: certificate chain and key.
    Files(&'a std::path::Path, &'a std::path::Path),
    /// Made on the spot.
    SelfSigned,
}

impl Settings {
    /// The settings that these flags give, without environment or file; for
    /// tests and tools.
    pub fn from_args<'a>(args: impl IntoIterator<Item = &'a str>) -> Result<Self, Stop> {
        let line = std::iter::once("place").chain(args).map(Into::into);
        let (alone, _): (Alone, _) = layers::resolve(line, |_| None)?;
        alone.settings.checked()
    }

    /// The settings as they are, if they agree with each other.
    pub fn checked(self) -> Result<Self, Stop> {
        let wrong = |text: &str| Err(Stop::Wrong(text.to_owned()));
        match (&self.tls_cert, &self.tls_key) {
            (Some(_), None) => return wrong("tls_cert is set, so tls_key must be set too."),
            (None, Some(_)) => return wrong("tls_key is set, so tls_cert must be set too."),
            (Some(_), Some(_)) if self.tls_self_signed => {
                return wrong("Either tls_cert or tls_self_signed may be set, not both.");
            }
            _ => {}
        }
        if self.snapshot_keep_hourly < self.snapshot_keep_all {
            return wrong("snapshot_keep_hourly must be at least as long as snapshot_keep_all.");
        }
        Ok(self)
    }

    /// Where the certificate for TLS comes from.
    pub fn tls(&self) -> TlsSource<'_> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => TlsSource::Files(cert, key),
            _ if self.tls_self_signed => TlsSource::SelfSigned,
            _ => TlsSource::None,
        }
    }

    /// Threads that serve sockets, and that answer requests, each.
    pub fn worker_threads(&self) -> usize {
        match self.workers {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            workers => usize::from(workers),
        }
    }

    /// Most connections at a time with this many open files allowed.
    ///
    /// Over TLS each has two descriptors, one of the web server's and one to
    /// end a connection with whose peer reads nothing.
    pub fn connections_within(&self, open_files: u64) -> usize {
        let each = if self.tls() == TlsSource::None { 1 } else { 2 };
        let room = (open_files.saturating_sub(RESERVED_DESCRIPTORS) / each).max(1);
        u64::from(self.max_connections).min(room) as usize
    }

    /// Which snapshots are kept.
    pub fn retention(&self) -> Retention {
        Retention { all: self.snapshot_keep_all, hourly: self.snapshot_keep_hourly }
    }

    /// The folder with the built browser client, if there is one.
    pub fn web_dir(&self) -> Result<PathBuf, Stop> {
        web::find(self.web.as_deref())
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::from_args([]).expect("the defaults are allowed")
    }
}

/// The settings without any command.
#[derive(clap::Parser)]
#[command(name = "place")]
struct Alone {
    #[command(flatten)]
    settings: Settings,
}

#[cfg(test)]
mod tests;
