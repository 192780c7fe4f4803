//! `joiners`: many load the board in the same moment, while others place. How
//! long do those wait who watch already, before, during and after?

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::setpriority_process;
use serde::Serialize;

use super::Output;
use crate::api::Api;
use crate::args::{RATE_MAX, Target, connections, seconds};
use crate::art::{self, Fill};
use crate::drive::{Drive, Pace};
use crate::histogram::Summary;
use crate::log;
use crate::schedule::Schedule;
use crate::stage::{Check, LoadError, People, Stage};
use crate::text::{checked, line, times};

/// Those who place and watch.
const CLASS: People = People { viewers: 30, placers: 30, apart: false, samples: 8 };

/// Placements of each placer under way while the picture is drawn.
const DRAWING_WINDOW: usize = 64;

/// How often it is looked whether the picture is finished.
const DRAWING_STEP: Duration = Duration::from_millis(500);

/// Longest wait for one joiner's board.
const JOINER_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes read at once: most of a board, so that the joiners take little of the
/// processor time that they share with those who are measured.
const READ_BYTES: usize = 256 * 1024;

/// The lowest priority: joiners in life are other machines.
const LOW_PRIORITY: i32 = 19;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// Those who load the board in the same moment.
    #[arg(long, default_value_t = 500, value_parser = connections)]
    joiners: usize,
    /// Placements a second meanwhile.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=RATE_MAX))]
    rate: u64,
    /// Seconds that are measured before they come, and from then on.
    #[arg(long, default_value_t = 4.0, value_parser = seconds)]
    seconds: f64,
    /// Width and height of the canvas, in cells.
    #[arg(long, default_value_t = 1000)]
    side: u16,
    /// Palette of the canvas.
    #[arg(long, default_value = "studio-32")]
    palette: String,
}

/// Place → seen in one part of the run.
#[derive(Debug, Serialize)]
struct Part {
    name: &'static str,
    seen: Summary,
}

#[derive(Debug, Serialize)]
struct Outcome {
    joiners: usize,
    parts: Vec<Part>,
    /// From the first request to the last byte.
    joining_ms: f64,
    board_bytes: f64,
    /// Boards that the server compressed for them.
    builds: u64,
    check: Check,
}

pub(super) fn perform(args: &Args, output: Output) -> Result<bool, LoadError> {
    let outcome = measure(args)?;
    output.show(&outcome, text);
    Ok(outcome.check.passed())
}

fn measure(args: &Args) -> Result<Outcome, LoadError> {
    let server = args.target.open(args.joiners + CLASS.viewers)?;
    let canvas = server.api.create_canvas(args.side, &args.palette)?;
    let path = format!("/api/canvases/{}/board", canvas.id);
    let mut stage = Stage::set(&server.api, canvas, CLASS, 1)?;
    draw(&mut stage)?;
    let before = builds(&server.api)?;
    let began_ns = stage.crowd.now_ns();
    let (address, joiners) = (server.api.address, args.joiners);
    let lead = Duration::from_secs_f64(args.seconds);
    let crowd = thread::spawn(move || {
        thread::sleep(lead);
        join(address, &path, joiners)
    });
    let began = Instant::now();
    let pace = Pace::Open(Schedule::new(args.rate, 0));
    // Without spinning: it would keep the joiners from the core that they share.
    let placers = stage.placers.clone();
    let mut drive = Drive::new(&mut stage.fleet, &mut stage.crowd, placers, pace);
    drive.run(2 * lead)?;
    drive.drain()?;
    let joined = crowd.join().expect("joiners do not panic")?;
    let built = builds(&server.api)? - before;
    let at_ns = |moment: Instant| began_ns + moment.duration_since(began).as_nanos() as u64;
    let (first_ns, last_ns) = (at_ns(joined.first), at_ns(joined.last));
    let part = |name, from_ns: u64, to_ns: u64| {
        let all = &stage.crowd.placements;
        let from = all.partition_point(|placement| placement.due_ns < from_ns);
        let to = all.partition_point(|placement| placement.due_ns < to_ns);
        let samples = stage.crowd.members.iter().filter_map(|member| member.sample.as_ref());
        let seen = log::seen(&all[from..to], samples.map(|sample| &sample.seen));
        Part { name, seen: seen.summary() }
    };
    let parts = vec![
        part("before", began_ns, first_ns),
        part("while they load", first_ns, last_ns),
        part("after", last_ns, u64::MAX),
    ];
    Ok(Outcome {
        joiners,
        parts,
        joining_ms: (last_ns - first_ns) as f64 / 1e6,
        board_bytes: joined.bytes as f64 / joiners.max(1) as f64,
        builds: built,
        check: stage.check(&server.api)?,
    })
}

/// Boards that the server has compressed.
fn builds(api: &Api) -> Result<u64, LoadError> {
    let metrics = api.metrics()?;
    let mut values = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("place_board_builds_total")?.trim().parse().ok());
    values.next().ok_or_else(|| LoadError::Wrong("no count of boards in /metrics".to_owned()))
}

/// Covers the canvas with a picture.
fn draw(stage: &mut Stage) -> Result<(), LoadError> {
    let shape = stage.canvas.shape;
    let cells = art::cells(shape.size.width(), shape.colors, 1, Fill::Full);
    let mut picture = (0..)
        .zip(cells)
        .filter(|(_, color)| *color != 0)
        .map(move |(index, color)| (shape.size.cell(index), color));
    let done = Rc::new(Cell::new(false));
    let last = Rc::clone(&done);
    stage.crowd.source = Some(Box::new(move || {
        let next = picture.next();
        last.set(next.is_none());
        next.unwrap_or_else(|| (shape.size.cell(0), 0))
    }));
    while !done.get() {
        let pace = Pace::Closed(DRAWING_WINDOW);
        stage.measure(None, pace, Duration::ZERO, DRAWING_STEP)?;
    }
    stage.crowd.source = None;
    Ok(())
}

/// What the joiners got, and when.
struct Joined {
    first: Instant,
    last: Instant,
    bytes: usize,
}

/// Asks for the board so many times at once, and reads all answers.
fn join(address: SocketAddr, path: &str, joiners: usize) -> io::Result<Joined> {
    setpriority_process(None, LOW_PRIORITY)?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    );
    let mut streams = Vec::with_capacity(joiners);
    for _ in 0..joiners {
        let stream = TcpStream::connect_timeout(&address, JOINER_TIMEOUT)?;
        stream.set_read_timeout(Some(JOINER_TIMEOUT))?;
        streams.push(stream);
    }
    let first = Instant::now();
    for stream in &mut streams {
        stream.write_all(request.as_bytes())?;
    }
    let mut buffer = vec![0; READ_BYTES];
    let mut bytes = 0;
    for stream in &mut streams {
        let mut head = true;
        loop {
            let count = stream.read(&mut buffer)?;
            if std::mem::take(&mut head) && !buffer[..count].starts_with(b"HTTP/1.1 200") {
                return Err(io::Error::other("a joiner was refused its board"));
            }
            if count == 0 {
                break;
            }
            bytes += count;
        }
    }
    Ok(Joined { first, last: Instant::now(), bytes })
}

fn text(outcome: &Outcome) -> String {
    let mut out = format!("{} joiners at once\n", outcome.joiners);
    line(
        &mut out,
        "their boards",
        &format!(
            "{:.0} B each, all within {:.0} ms, compressed {} times",
            outcome.board_bytes, outcome.joining_ms, outcome.builds
        ),
    );
    for Part { name, seen } in &outcome.parts {
        line(&mut out, &format!("place → seen {name}"), &times(seen));
    }
    line(&mut out, "check", &checked(&outcome.check));
    out
}
