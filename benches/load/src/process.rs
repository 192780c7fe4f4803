//! Processes: where they run, and what they cost.

use std::fs;
use std::io;
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};
use serde::Serialize;

/// Files besides the sockets, in this process and in the server.
pub(crate) const SPARE_FILES: u64 = 512;

/// Nanoseconds a second.
const SECOND_NS: u64 = 1_000_000_000;

/// Puts this thread, and the processes and threads that it starts from now on,
/// on one core; `None` on all of them.
pub(crate) fn pin(core: Option<usize>) -> io::Result<()> {
    let mut set = CpuSet::new();
    match core {
        Some(core) => set.set(core),
        // The kernel leaves out the cores that are not there.
        None => (0..CpuSet::MAX_CPU).for_each(|core| set.set(core)),
    }
    Ok(sched_setaffinity(None, &set)?)
}

/// Lets every thread of a process run on all cores.
pub(crate) fn unpin(pid: u32) -> io::Result<()> {
    let mut set = CpuSet::new();
    (0..CpuSet::MAX_CPU).for_each(|core| set.set(core));
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        let name = task?.file_name();
        let id = name.to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
        sched_setaffinity(id, &set)?;
    }
    Ok(())
}

/// Raises the number of open files that this process and its children may have
/// to `wanted`, or as far as the system lets it.
pub(crate) fn raise_open_files(wanted: u64) -> u64 {
    let now = getrlimit(Resource::Nofile);
    let high_enough = |limit: Option<u64>| limit.is_none_or(|limit| limit >= wanted);
    if high_enough(now.current) {
        return wanted;
    }
    // Only root may go beyond the hard limit: without it, up to the limit.
    let maximum = if high_enough(now.maximum) { now.maximum } else { Some(wanted) };
    let raised = Rlimit { current: Some(wanted), maximum };
    if setrlimit(Resource::Nofile, raised).is_err() {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, maximum: now.maximum });
    }
    getrlimit(Resource::Nofile).current.unwrap_or(wanted)
}

/// Processor time of a process since its start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cpu {
    /// By the scheduler's own clock, of the threads that live now.
    threads_ns: u64,
    threads: usize,
    /// utime + stime: whole ticks of usually 10 ms, with ended threads.
    ticks_ns: u64,
}

impl Cpu {
    /// Of a process that runs; zero for one that does not.
    pub(crate) fn of(pid: u32) -> Self {
        let (threads_ns, threads) = threads(pid, |_| true);
        Self { threads_ns, threads, ticks_ns: ticks(pid) }
    }

    /// Of the threads that have none of these names. Threads must not end
    /// meanwhile.
    pub(crate) fn without(pid: u32, names: &[&str]) -> Self {
        let (threads_ns, threads) = threads(pid, |name| !names.contains(&name));
        Self { threads_ns, threads, ticks_ns: 0 }
    }

    /// The time since an earlier reading: exact, unless threads have ended in
    /// between and taken their time with them.
    pub(crate) fn since_ns(self, earlier: Self) -> u64 {
        if self.threads >= earlier.threads && self.threads_ns >= earlier.threads_ns {
            self.threads_ns - earlier.threads_ns
        } else {
            self.ticks_ns.saturating_sub(earlier.ticks_ns)
        }
    }
}

/// Time and number of the threads that have one of the names, or none of them.
fn threads(pid: u32, named: impl Fn(&str) -> bool) -> (u64, usize) {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return (0, 0) };
    let times = tasks.flatten().filter_map(|task| {
        let name = fs::read_to_string(task.path().join("comm")).ok()?;
        if !named(name.trim_end()) {
            return None;
        }
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    times.fold((0, 0), |(sum, count), time| (sum + time, count + 1))
}

/// Waits until a process has nothing more to do: below a twentieth of a core.
pub(crate) fn settle(pid: u32) {
    const LOOK: Duration = Duration::from_millis(100);
    const LOOKS_MAX: u32 = 100;
    for _ in 0..LOOKS_MAX {
        let before = Cpu::of(pid);
        std::thread::sleep(LOOK);
        if Cpu::of(pid).since_ns(before) < LOOK.as_nanos() as u64 / 20 {
            return;
        }
    }
}

fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let ticks = cpu_ticks(&stat).unwrap_or(0);
    ticks * SECOND_NS / rustix::param::clock_ticks_per_second()
}

/// utime + stime, the 14th and 15th field; the second may hold blanks, but ends
/// with the last bracket.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let utime: u64 = fields.next()?.parse().ok()?;
    let stime: u64 = fields.next()?.parse().ok()?;
    Some(utime + stime)
}

/// Threads of a process.
pub(crate) fn thread_count(pid: u32) -> usize {
    threads(pid, |_| true).1
}

/// Files and sockets that a process has open.
pub(crate) fn open_files(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count)
}

/// Memory of a process.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Memory {
    /// Resident now, in KiB (`VmRSS`).
    pub(crate) resident_kib: u64,
    /// Resident at the most so far, in KiB (`VmHWM`).
    pub(crate) peak_kib: u64,
}

impl Memory {
    pub(crate) fn of(pid: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        Self { resident_kib: kib(&status, "VmRSS:"), peak_kib: kib(&status, "VmHWM:") }
    }
}

fn kib(status: &str, name: &str) -> u64 {
    let value = status.lines().find_map(|line| line.strip_prefix(name));
    value.and_then(|value| value.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_behind_a_name_with_blanks_and_brackets() {
        let stat = "42 (a b) c) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0 3";
        assert_eq!(cpu_ticks(stat), Some(200));
        assert_eq!(cpu_ticks("nonsense"), None);
    }

    #[test]
    fn this_process_has_used_time_and_memory() {
        let pid = std::process::id();
        let before = Cpu::of(pid);
        let mut sum = 0u64;
        while Cpu::of(pid).since_ns(before) < 1_000_000 {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(7));
        }
        let memory = Memory::of(pid);
        assert!(memory.resident_kib > 0 && memory.peak_kib >= memory.resident_kib);
        let name = fs::read_to_string("/proc/self/comm").unwrap();
        let others = Cpu::without(pid, &[name.trim_end()]);
        assert!(others.threads < Cpu::of(pid).threads, "threads can be left out by their names");
        assert_eq!(Cpu::of(u32::MAX).since_ns(Cpu::default()), 0, "nobody costs nothing");
    }
}
