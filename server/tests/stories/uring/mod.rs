//! Where `io_uring` is forbidden, as it is in many containers, the feed takes the
//! other way, and nobody notices.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use rustix::io::Errno;
use tempfile::TempDir;

use crate::harness::Server;

/// Installs the kernel's filter before the program begins.
const FORBID: &str = include_str!("forbid.c");

/// People who look on.
const VIEWERS: usize = 20;

/// Pixels that they see.
const PIXELS: u16 = 30;

fn library(beside: &TempDir) -> OsString {
    let (source, library) = (beside.path().join("forbid.c"), beside.path().join("forbid.so"));
    fs::write(&source, FORBID).expect("writes");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]).args([&library, &source]);
    assert!(compiler.status().expect("the C compiler that builds SQLite").success());
    library.into()
}

/// Some draw, many look on, and everybody sees everything.
fn assert_frames_arrive(server: &Server) {
    let canvas = server.free_canvas("free", 64);
    let mut viewers: Vec<_> = (0..VIEWERS).map(|_| server.viewer(&canvas)).collect();
    let mut ada = server.person(&canvas, "Ada");
    for number in 0..PIXELS {
        ada.put(number, number, (number % 7) as u8 + 1);
    }
    for viewer in &mut viewers {
        viewer.until("sees what was drawn", |me| {
            (0..PIXELS).all(|number| me.sees(number, number) == (number % 7) as u8 + 1)
        });
    }
}

#[test]
fn frames_arrive_where_the_system_forbids_io_uring() {
    let beside = tempfile::tempdir().expect("a folder");
    let library = library(&beside);
    // What containers answer, and what kernels without it do.
    for errno in [Errno::PERM, Errno::NOSYS] {
        let environment = vec![
            ("LD_PRELOAD".to_owned(), library.clone()),
            ("PLACE_TEST_FORBIDDEN".to_owned(), errno.raw_os_error().to_string().into()),
        ];
        for (flag, level) in [("--io-uring=auto", "INFO"), ("--io-uring=on", "WARN")] {
            let mut server = Server::prepared(None, &[flag], environment.clone());
            server.launch();
            assert_eq!(server.metric("place_feed_batched", ""), 0);
            let log = server.log();
            let line = log.lines().find(|line| line.contains("the feed is sent one by one"));
            assert!(line.is_some_and(|line| line.contains(level)), "{flag}: {log}");
            assert_frames_arrive(&server);
        }
    }
}

#[test]
fn the_numbers_tell_which_way_the_feed_takes() {
    let server = Server::with(&["--io-uring=off"]);
    assert_eq!(server.metric("place_feed_batched", ""), 0);
    assert_frames_arrive(&server);
    drop(server);
    let server = Server::with(&["--io-uring=auto"]);
    let is_batched = server.log().contains("the feed is sent in batches");
    assert_eq!(server.metric("place_feed_batched", "") == 1, is_batched);
    assert_frames_arrive(&server);
}
