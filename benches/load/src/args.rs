//! Options that several commands share.

use std::path::PathBuf;

use crate::crowd::Shape;
use crate::process::{self, SPARE_FILES};
use crate::server::{self, Server};
use crate::stage::{LoadError, People, Stage};

/// Most connections of one side of a run: a ceiling against typing errors.
pub(crate) const CONNECTIONS_MAX: u64 = 100_000;

/// Highest rate, in placements a second, and longest run, in seconds: together
/// they bound what is remembered of each placement to about 3 GiB.
pub(crate) const RATE_MAX: u64 = 1_000_000;
const SECONDS_MAX: f64 = 120.0;

/// The server.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Target {
    /// The program to start.
    #[arg(long, value_name = "FILE", default_value = "target/release/place")]
    pub(crate) place: PathBuf,
    /// Folder in which the started server's data folder is made: the disk that
    /// is measured.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// One more argument for the started server; may be repeated.
    #[arg(long = "server-arg", value_name = "ARG", allow_hyphen_values = true)]
    pub(crate) server_args: Vec<String>,
    /// A server that runs already, such as <http://127.0.0.1:8080>.
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Its data folder, with the admin token.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Its admin token, instead.
    #[arg(long)]
    pub(crate) token: Option<String>,
    /// Its process, whose time and memory are read.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
}

impl Target {
    /// Starts the server, or goes to the one that runs, with files enough for
    /// so many sockets on either side.
    pub(crate) fn open(&self, sockets: usize) -> Result<Server, LoadError> {
        process::raise_open_files(sockets as u64 + SPARE_FILES);
        let server = match (&self.place, &self.url) {
            (_, Some(url)) => {
                let token = match (&self.token, &self.data) {
                    (Some(token), _) => token.clone(),
                    (None, Some(data)) => server::admin_token(data)?,
                    (None, None) => {
                        return Err(LoadError::Wrong("--url needs --token or --data".to_owned()));
                    }
                };
                Server::running(url, token, self.pid, self.data.clone())?
            }
            (place, None) => {
                let args =
                    [server::UNTHROTTLED.map(str::to_owned).to_vec(), self.server_args.clone()];
                Server::start(place, &self.folder, &args.concat())?
            }
        };
        Ok(server)
    }

    /// Starts the server with the brakes against floods that it has by itself.
    pub(crate) fn open_with_brakes(&self) -> Result<Server, LoadError> {
        let quiet = ["--log", "error"].map(str::to_owned).to_vec();
        let args = [quiet, self.server_args.clone()].concat();
        Ok(Server::start(&self.place, &self.folder, &args)?)
    }
}

/// Who takes part.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct PeopleArgs {
    /// Connections that watch.
    #[arg(long, default_value_t = 30, value_parser = connections)]
    viewers: usize,
    /// Connections that place: the first of the viewers, unless --apart.
    #[arg(long, default_value_t = 30, value_parser = connections)]
    placers: usize,
    /// Placers are connections of their own, which do not watch.
    #[arg(long)]
    apart: bool,
    /// Viewers that keep a copy of the canvas, compared at the end.
    #[arg(long, default_value_t = 8, value_parser = connections)]
    samples: usize,
}

impl PeopleArgs {
    pub(crate) fn people(self) -> People {
        let Self { viewers, placers, apart, samples } = self;
        let placers = if apart { placers } else { placers.min(viewers) };
        People { viewers, placers, apart, samples }
    }
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Pattern {
    /// Any cell in any color.
    Uniform,
    /// A class of 30: strokes, letters, fills.
    People,
}

impl Pattern {
    /// Has a crowd draw in this way.
    pub(crate) fn set(self, stage: &mut Stage, seed: u64) {
        let Shape { size, colors } = stage.canvas.shape;
        stage.crowd.source = match self {
            Self::Uniform => None,
            Self::People => {
                let mut people = crate::people::People::new(size, colors, seed);
                Some(Box::new(move || people.place()))
            }
        };
    }
}

pub(crate) fn connections(text: &str) -> Result<usize, String> {
    match text.parse::<u64>() {
        Ok(count) if count <= CONNECTIONS_MAX => Ok(count as usize),
        _ => Err(format!("a number from 0 to {CONNECTIONS_MAX}")),
    }
}

pub(crate) fn seconds(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (0.0..=SECONDS_MAX).contains(&seconds) => Ok(seconds),
        _ => Err(format!("a number of seconds from 0 to {SECONDS_MAX}")),
    }
}
