//! Processor time by what it was spent on, read when somebody asks.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::registry::Unit;
use rustix::time::{ClockId, clock_gettime};

/// Threads that last as long as the server, by the names that the system knows,
/// and what they do. All others answer requests.
const KNOWN: [(&str, &str); 4] = [
    ("sockets", "sockets"),
    ("place", "sequencers"),
    ("store-writer", "store"),
    ("background", "background"),
];

/// What threads do that come and go.
const REST: &str = "http";

/// Where the system tells of each thread of this process.
const TASKS: &str = "/proc/self/task";

/// Seconds of processor time by what the threads do.
#[derive(Debug)]
pub(super) struct Processor;

impl Collector for Processor {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let mut family = encoder.encode_descriptor(
            "processor",
            "Processor time, by what the threads do: sockets, sequencers, store, background, http \
             (the rest)",
            Some(&Unit::Seconds),
            MetricType::Counter,
        )?;
        for (threads, seconds) in spent() {
            let counter = ConstCounter::new(seconds);
            counter.encode(family.encode_family(&[("threads", threads)])?)?;
        }
        Ok(())
    }
}

/// Seconds so far. Threads that have ended are part of the rest.
fn spent() -> BTreeMap<&'static str, f64> {
    let mut spent = BTreeMap::new();
    let mut known = 0.0;
    // A system that does not tell of threads has only the sum.
    for task in fs::read_dir(TASKS).into_iter().flatten().flatten() {
        let Ok(name) = fs::read_to_string(task.path().join("comm")) else { continue };
        let Some((_, does)) = KNOWN.iter().find(|(known, _)| *known == name.trim_end()) else {
            continue;
        };
        let Ok(schedule) = fs::read_to_string(task.path().join("schedstat")) else { continue };
        let seconds = nanoseconds(&schedule) as f64 / 1e9;
        known += seconds;
        *spent.entry(*does).or_default() += seconds;
    }
    let all = clock_gettime(ClockId::ProcessCPUTime);
    let all = all.tv_sec as f64 + all.tv_nsec as f64 / 1e9;
    spent.insert(REST, (all - known).max(0.0));
    spent
}

/// The first number of a thread's `schedstat`: time on a processor.
fn nanoseconds(schedule: &str) -> u64 {
    schedule.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;
    use std::sync::mpsc::channel;
    use std::thread;

    use super::*;

    #[test]
    fn a_known_thread_is_told_apart_from_the_rest() {
        assert_eq!(nanoseconds("1500000 7 12\n"), 1_500_000);
        let (done, is_done) = channel();
        let (go, wait) = channel::<()>();
        let thread = thread::Builder::new().name("sockets".to_owned()).spawn(move || {
            black_box((0..30_000_000u64).fold(0, |sum, number| black_box(sum ^ number)));
            done.send(()).unwrap();
            let _ = wait.recv();
        });
        is_done.recv().unwrap();
        let spent = spent();
        assert!(spent["sockets"] > 0.0, "{spent:?}");
        assert!(spent.contains_key(REST), "{spent:?}");
        drop(go);
        thread.unwrap().join().unwrap();
    }
}
