//! Disks that are full, fail, or lose what they were given: the store's real
//! code against a system whose calls fail, and a real file system without room.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use place::store::{AppendError, Health, Store, StoreError, WriteError, check};
use tempfile::TempDir;

use crate::child;
use crate::support::{
    append, assert_same, batch, expected, fill, folder, open, run, take_seat, with_canvas,
};

/// Stands between the program and the system: fails writes to the database as
/// a control file says.
const SHIM: &str = include_str!("faults.c");

/// Names the control file to the shim.
const CONTROL_VARIABLE: &str = "PLACE_TEST_FAULT";

/// Runs a test again in a child whose disk can be made to fail.
pub(crate) fn run_with_failing_disk(test: &str) {
    let dir = folder();
    let (source, shim) = (dir.path().join("faults.c"), dir.path().join("faults.so"));
    fs::write(&source, SHIM).expect("writes");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .args([&shim, &source])
        .arg("-ldl")
        .status()
        .expect("the C compiler that builds SQLite is there");
    assert!(compiled.success());
    let status = child::command(test, dir.path().join("data"))
        .env("LD_PRELOAD", &shim)
        .env(CONTROL_VARIABLE, dir.path().join("control"))
        .status()
        .expect("the child starts");
    assert!(status.success(), "the child's assertions hold");
}

/// The disk of a child.
pub(crate) struct Shim(PathBuf);

impl Shim {
    pub(crate) fn of_child() -> Self {
        Self(std::env::var_os(CONTROL_VARIABLE).expect("this is a child").into())
    }

    pub(crate) fn fail(&self, how: &str) {
        fs::write(&self.0, how).expect("writes");
    }

    /// Whether a call has failed since this was last asked.
    pub(crate) fn has_failed(&self) -> bool {
        fs::remove_file(self.0.with_extension("failed")).is_ok()
    }

    pub(crate) fn work(&self) {
        fs::remove_file(&self.0).expect("removes");
    }
}

#[test]
fn a_disk_without_room_refuses_and_goes_on() {
    let Some(dir) = child::folder() else {
        return run_with_failing_disk("faults::a_disk_without_room_refuses_and_goes_on");
    };
    let disk = Shim::of_child();
    refuse_and_go_on(
        &dir,
        || disk.fail("full"),
        || disk.work(),
        |error| *error == AppendError::Full,
        |health| *health == Health::Full,
    );
}

#[test]
fn a_disk_that_fails_for_a_while_refuses_and_goes_on() {
    let Some(dir) = child::folder() else {
        return run_with_failing_disk("faults::a_disk_that_fails_for_a_while_refuses_and_goes_on");
    };
    let disk = Shim::of_child();
    refuse_and_go_on(
        &dir,
        || disk.fail("write"),
        || disk.work(),
        |error| matches!(error, AppendError::Io(_)),
        |health| matches!(health, Health::Failing(_)),
    );
}

/// The story of a disk that can't be written for a while.
fn refuse_and_go_on(
    dir: &Path,
    fail: impl Fn(),
    work: impl Fn(),
    is_expected: impl Fn(&AppendError) -> bool,
    is_told: impl Fn(&Health) -> bool,
) {
    let store = with_canvas(dir);
    fill(&store, 20);
    let mut next = 21;
    for _ in 0..3 {
        fail();
        let error = append_until_refused(&store, &mut next);
        assert!(is_expected(&error), "{error}");
        assert!(is_told(&store.health()), "{:?}", store.health());
        assert!(run(store.probe()).is_err());
        let seat = run(take_seat(&store, 1, "Ada", [1; 32]));
        assert!(matches!(seat, Err(StoreError::Write(_))), "{seat:?}");
        assert_eq!(append(&store, 1, batch(next, 4000)), Err(error));
        // Reading goes on, and nothing refused is seen.
        assert_same(&store.load(1).expect("loads").canvas, &expected(next - 1));

        work();
        run(store.probe()).expect("there is room again");
        assert_eq!(store.health(), Health::Ok);
        append(&store, 1, batch(next, 4)).expect("it goes on");
        next += 4;
    }
    run(take_seat(&store, 1, "Ada", [1; 32])).expect("a seat");
    drop(store);
    assert_same(&open(dir).load(1).expect("loads").canvas, &expected(next - 1));
    let report = check(dir).expect("opens");
    assert!(report.is_good(), "{report}");
}

/// Appends until the disk does not take it: a log that was already long has
/// room for a while.
fn append_until_refused(store: &Store, next: &mut u64) -> AppendError {
    for _ in 0..1000 {
        match append(store, 1, batch(*next, 4000)) {
            Ok(()) => *next += 4000,
            Err(error) => return error,
        }
    }
    panic!("a full disk takes 1000 batches");
}

#[test]
fn a_lost_write_poisons_the_store_until_a_restart() {
    let Some(dir) = child::folder() else {
        return run_with_failing_disk("faults::a_lost_write_poisons_the_store_until_a_restart");
    };
    let disk = Shim::of_child();
    let store = with_canvas(&dir);
    fill(&store, 20);
    disk.fail("sync");
    assert_eq!(append(&store, 1, batch(21, 3)), Err(AppendError::Poisoned));
    assert_eq!(store.health(), Health::Poisoned);
    disk.work();
    // The kernel would now say that all is well. It is not.
    assert_eq!(append(&store, 1, batch(21, 3)), Err(AppendError::Poisoned));
    assert_eq!(run(store.probe()), Err(WriteError::Poisoned));
    assert_eq!(store.health(), Health::Poisoned);
    assert_same(&store.load(1).expect("loads").canvas, &expected(20));
    store.close().expect("closes");
    drop(store);

    let store = open(&dir);
    let seq = store.load(1).expect("loads").canvas.seq();
    assert!(seq == 20 || seq == 23, "whole batches only: {seq}");
    append(&store, 1, batch(seq + 1, 2)).expect("it goes on");
    drop(store);
    assert_same(&open(&dir).load(1).expect("loads").canvas, &expected(seq + 2));
    let report = check(&dir).expect("opens");
    assert!(report.is_good(), "{report}");
}

/// A small file system of its own.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// `None` where this user may not mount one.
    fn mount() -> Option<Self> {
        let dir = folder();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(dir.path());
        mount.output().is_ok_and(|output| output.status.success()).then(|| Self(dir))
    }

    fn ballast(&self) -> PathBuf {
        self.0.path().join("ballast")
    }

    /// Takes all room but for some KiB.
    fn fill_up(&self) {
        let mut bytes = 4 * 1024 * 1024;
        while bytes >= 4096 {
            let ballast = fs::read(self.ballast()).unwrap_or_default();
            let more = [ballast.clone(), vec![0x5a; bytes]].concat();
            if fs::write(self.ballast(), more).is_err() {
                fs::write(self.ballast(), ballast).expect("it fitted before");
                bytes /= 2;
            }
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.ballast()).expect("removes");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A test that fails has files open; the mount goes when they do.
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

#[test]
fn a_real_file_system_without_room_is_no_different() {
    if let Some(dir) = child::folder() {
        let disk = Shim::of_child();
        let (is_full, is_told) =
            (|error: &_| *error == AppendError::Full, |health: &_| *health == Health::Full);
        return refuse_and_go_on(&dir, || disk.fail("full"), || disk.work(), is_full, is_told);
    }
    let Some(disk) = SmallDisk::mount() else {
        return run_with_failing_disk("faults::a_real_file_system_without_room_is_no_different");
    };
    refuse_and_go_on(
        &disk.0.path().join("data"),
        || disk.fill_up(),
        || disk.make_room(),
        |error| *error == AppendError::Full,
        |health| *health == Health::Full,
    );
}
