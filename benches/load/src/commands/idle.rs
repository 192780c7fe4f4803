//! What a viewer costs in memory: while it idles, and after it was busy.

use std::time::Duration;

use serde::Serialize;

use super::Output;
use crate::args::{Target, connections, seconds};
use crate::drive::{self, Pace};
use crate::process::Memory;
use crate::schedule::Schedule;
use crate::server::Server;
use crate::stage::{Check, LoadError, People, Stage};
use crate::text::{checked, line};

/// Time for everything to come to rest before memory is read.
const REST: Duration = Duration::from_secs(2);

/// Traffic before the second reading: about 250 bytes a frame.
const BUSY_PER_SECOND: u64 = 950;
const BUSY_BURSTS_MS: u64 = 100;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    target: Target,
    /// Connections that watch.
    #[arg(long, default_value_t = 10_000, value_parser = connections)]
    viewers: usize,
    /// Seconds of traffic before the second reading.
    #[arg(long, default_value_t = 3.0, value_parser = seconds)]
    seconds: f64,
}

pub(super) fn perform(args: &Args, output: Output) -> Result<bool, LoadError> {
    let server = args.target.open(args.viewers + 100)?;
    let idle = measure(&server, args.viewers, Duration::from_secs_f64(args.seconds))?;
    output.show(&idle, text);
    Ok(idle.check.passed())
}

/// Resident memory for viewers.
#[derive(Debug, Serialize)]
pub(crate) struct Idle {
    pub(crate) viewers: usize,
    pub(crate) without_kib: u64,
    pub(crate) with_kib: u64,
    pub(crate) busy_kib: u64,
    pub(crate) peak_kib: u64,
    /// Bytes for each viewer that has only been told where the canvas is.
    pub(crate) bytes_per_idle_viewer: f64,
    /// Bytes for each viewer after some seconds of traffic.
    pub(crate) bytes_per_viewer_after_traffic: f64,
    pub(crate) check: Check,
}

/// Measures; a little traffic goes before the first reading, so that what the
/// server allocates once is not counted as the viewers'.
pub(crate) fn measure(server: &Server, viewers: usize, busy: Duration) -> Result<Idle, LoadError> {
    let Some(pid) = server.pid else {
        return Err(LoadError::Wrong("the server's pid is needed to read its memory".to_owned()));
    };
    let pace = Pace::Open(Schedule::new(BUSY_PER_SECOND, BUSY_BURSTS_MS));
    let canvas = server.api.create_canvas(1000, "studio-32")?;
    let few = People { viewers: 1, placers: 50, apart: true, samples: 1 };
    let mut stage = Stage::set(&server.api, canvas.clone(), few, 1)?;
    stage.measure(None, pace, Duration::ZERO, busy)?;
    stage.check(&server.api)?;
    let empty = Memory::of(pid);
    let many = People { viewers, placers: 0, apart: true, samples: 8 };
    let mut crowd = Stage::set(&server.api, canvas, many, 2)?;
    drive::listen(&mut crowd.fleet, &mut crowd.crowd, REST, |_| false)?;
    let idle = Memory::of(pid);
    let until = std::time::Instant::now() + busy;
    while std::time::Instant::now() < until {
        // In short turns, so that both sides are heard.
        stage.measure(None, pace, Duration::ZERO, Duration::from_millis(100))?;
        drive::listen(&mut crowd.fleet, &mut crowd.crowd, Duration::from_millis(20), |_| false)?;
    }
    drive::listen(&mut crowd.fleet, &mut crowd.crowd, REST, |_| false)?;
    let after = Memory::of(pid);
    let each = |memory: Memory| {
        memory.resident_kib.saturating_sub(empty.resident_kib) as f64 * 1024.0
            / viewers.max(1) as f64
    };
    Ok(Idle {
        viewers,
        without_kib: empty.resident_kib,
        with_kib: idle.resident_kib,
        busy_kib: after.resident_kib,
        peak_kib: after.peak_kib,
        bytes_per_idle_viewer: each(idle),
        bytes_per_viewer_after_traffic: each(after),
        check: crowd.check(&server.api)?,
    })
}

fn text(idle: &Idle) -> String {
    let mut out = format!("{} viewers\n", idle.viewers);
    let kib = |kib: u64| format!("{kib} KiB resident");
    line(&mut out, "without them", &kib(idle.without_kib));
    line(&mut out, "with them", &kib(idle.with_kib));
    line(&mut out, "after traffic", &kib(idle.busy_kib));
    line(&mut out, "at the most", &kib(idle.peak_kib));
    line(&mut out, "each idle viewer", &format!("{:.0} B", idle.bytes_per_idle_viewer));
    line(&mut out, "each after traffic", &format!("{:.0} B", idle.bytes_per_viewer_after_traffic));
    line(&mut out, "check", &checked(&idle.check));
    out
}
