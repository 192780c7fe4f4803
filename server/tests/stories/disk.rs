//! A full disk: said, survived, and gone on from.

use place_core::Reason;
use serde_json::json;

use crate::harness::{Answer, Request, Server, SmallDisk, eventually, place_fails, place_ok};

/// Room for a server and some drawing.
const DISK_KIB: u32 = 12 * 1024;

#[test]
fn a_full_disk_refuses_pixels_until_there_is_room_again() {
    let Some(disk) = SmallDisk::mount(DISK_KIB) else { return };
    let mut server = Server::on(Some(&disk.data()), &[]);
    let canvas = server.canvas(&json!({
        "name": "Free", "width": 64, "cooldown_ms": 60_000, "saved_max": 1000
    }));
    let mut ada = server.person(&canvas, "Ada");
    let mut ben = server.viewer(&canvas);
    ada.put(0, 0, 7);
    server.get("/readyz").expect(200);

    disk.fill();

    // What is left in the last block of some file may still take a few.
    let mut kept = vec![(0, 0, 7)];
    let (saved, wait_ms) = eventually("the disk is full", || {
        let (x, y) = (kept.len() as u16 % 64, kept.len() as u16 / 64);
        match ada.ask(x, y, 3) {
            Answer::Placed { .. } => {
                kept.push((x, y, 3));
                None
            }
            Answer::Refused { reason: Reason::Storage, color, saved, wait_ms } => {
                assert_eq!(color, Some(0), "the true color comes with it");
                Some((saved, wait_ms))
            }
            other @ Answer::Refused { .. } => panic!("{other:?}"),
        }
    });
    assert!(wait_ms > 0, "when to try again");
    match ada.ask(0, 0, 3) {
        Answer::Refused { reason: Reason::Storage, color: Some(7), saved: still, .. } => {
            assert!(still >= saved, "what is refused costs nothing");
        }
        other => panic!("{other:?}"),
    }
    assert!(server.is_alive());
    let ready = server.get("/readyz").expect(503).json();
    assert_eq!(ready["ready"], false);
    assert!(ready["reason"].as_str().unwrap().contains("full"), "{ready}");
    server.get("/healthz").expect(200);
    server.get(&format!("/api/canvases/{canvas}/image.png")).expect(200);
    let join = Request::post(&format!("/api/canvases/{canvas}/join"));
    server.send(&join.json(&json!({ "nickname": "Eve" }))).expect_error(503, "storage");
    let freeze =
        Request::patch(&format!("/api/canvases/{canvas}")).json(&json!({"mode": "frozen"}));
    server.send(&server.as_admin(freeze)).expect_error(503, "storage");
    assert_eq!(server.info(&canvas)["mode"], "open", "what is not kept did not happen");

    disk.make_room();
    let seq = eventually("it goes on by itself", || match ada.ask(63, 63, 5) {
        Answer::Placed { seq, .. } => Some(seq),
        Answer::Refused { reason: Reason::Storage, .. } => None,
        other @ Answer::Refused { .. } => panic!("{other:?}"),
    });
    kept.push((63, 63, 5));
    server.get("/readyz").expect(200);
    server.join(&canvas, "Eve");
    ben.until("sees it", |me| me.seq() == seq);

    server.kill9();
    server.launch();
    let after = server.viewer(&canvas);
    assert_eq!(after.seq(), seq);
    for (x, y, color) in kept {
        assert_eq!(after.sees(x, y), color, "({x}, {y})");
        assert_eq!(ben.sees(x, y), color, "({x}, {y})");
    }
}

#[test]
fn a_server_on_a_full_disk_stops_well_and_starts_again() {
    let Some(disk) = SmallDisk::mount(DISK_KIB) else { return };
    let mut server = Server::on(Some(&disk.data()), &[]);
    let canvas = server.free_canvas("free", 64);
    let mut ada = server.person(&canvas, "Ada");
    let mut last = ada.put(0, 0, 7);
    disk.fill();
    eventually("the disk is full", || match ada.ask(1, 1, 1) {
        Answer::Placed { seq, .. } => {
            last = seq;
            None
        }
        Answer::Refused { .. } => Some(()),
    });
    let (status, _) = server.terminate();
    assert_eq!(status.code(), Some(0), "{status}");

    disk.make_room();
    server.launch();
    let back = server.viewer(&canvas);
    assert_eq!((back.seq(), back.sees(0, 0)), (last, 7));
    server.person(&canvas, "Ben").put(2, 2, 2);
}

/// Changes something in a database behind its server's back.
fn tamper(server: &Server, sql: &str) {
    let conn = rusqlite::Connection::open(server.data().join("place.db")).expect("opens");
    assert_eq!(conn.execute(sql, ()).expect("changes"), 1, "{sql}");
}

#[test]
fn damage_is_told_at_the_start_and_mended_from_what_is_whole() {
    let mut server = Server::with(&["--checkpoint-entries=100", "--checkpoint-interval=1s"]);
    let canvas = server.free_canvas("drawn", 64);
    let mut ada = server.person(&canvas, "Ada");
    ada.put(19, 1, 3);
    let data = server.data().to_str().unwrap().to_owned();
    let count = "SELECT count(*) FROM checkpoints";
    let reader = rusqlite::Connection::open(server.data().join("place.db")).expect("opens");
    eventually("there is a checkpoint", || {
        ada.put(0, 0, 1);
        let count: u32 = reader.query_row(count, (), |row| row.get(0)).expect("reads");
        (count > 0).then_some(())
    });
    drop(reader);
    server.terminate();

    // A checkpoint is made again.
    tamper(
        &server,
        "UPDATE checkpoints SET crc = crc + 1 WHERE seq IN (SELECT max(seq) FROM checkpoints)",
    );
    let (_, said) = place_fails(&["check", "--data", &data]);
    assert!(said.contains("checksum") && said.contains("made again"), "{said}");
    server.launch();
    assert_eq!(server.viewer(&canvas).sees(19, 1), 3);
    assert!(server.log().contains("a checkpoint can't be used"));
    server.terminate();
    place_ok(&["check", "--data", &data]);

    // A placement can't be: the server says so, and changes nothing.
    tamper(&server, "UPDATE journal SET crc = crc + 1 WHERE key IN (SELECT max(key) FROM journal)");
    let (_, said) = place_fails(&["--data", &data, "--listen=127.0.0.1:0"]);
    assert!(said.contains("is damaged at seq") && said.contains("place restore"), "{said}");
    let (_, said) = place_fails(&["check", "--data", &data]);
    assert!(said.contains("Restore a backup"), "{said}");
}
