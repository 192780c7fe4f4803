//! Kills inside of what takes long or happens seldom. Each story watches from
//! the outside for the beginning of its phase and kills then; what the kill left
//! behind tells whether it fell inside, and a story that never hits its phase
//! fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use place::store::{Store, StoreOptions, check};
use place_core::{Canvas, Cell, Mode, Palette, Rules, Seq, Size};
use rusqlite::{Connection, OpenFlags};

use crate::harness::{
    Crowd, NOISE_COLORS, PATIENCE, Server, Task, new_name, noise, place, place_ok,
};

use super::asked_for;
use super::dice::Dice;

/// Hits of each phase, unless many kills are asked for.
const HITS: u32 = 4;

/// Tries for one hit.
const TRIES_PER_HIT: u32 = 10;

/// Width and height of a canvas whose checkpoint and picture take a while.
const SIDE: u16 = 1024;

const ID: &str = "noise";

/// Hits wanted of each phase: with `PLACE_KILLS` as many as take about as long
/// as the rest.
fn hits() -> u32 {
    asked_for().map_or(HITS, |kills| (kills / 20).max(1))
}

/// Kills until enough kills have fallen inside a phase. `attempt` tells whether
/// one has.
fn until_hit_enough(phase: &str, mut attempt: impl FnMut(u32) -> bool) {
    let (wanted, mut hit, mut tries) = (hits(), 0, 0);
    while hit < wanted && tries < wanted * TRIES_PER_HIT {
        hit += u32::from(attempt(tries));
        tries += 1;
    }
    println!("{phase}: {hit} of {tries} kills fell inside");
    assert!(hit >= wanted, "{phase}: only {hit} of {tries} kills fell inside");
}

/// Waits for the beginning of a phase; false if it does not come.
pub(super) fn begins(mut is_there: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if is_there() {
            return true;
        }
        thread::sleep(Duration::from_micros(200));
    }
    false
}

fn kill(mut child: Child) {
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}

/// One person who draws until the server is gone; what was acknowledged.
fn draw(server: &Server, canvas: &str) -> thread::JoinHandle<Vec<(Cell, u8, Seq)>> {
    let seat = server.join(canvas, &new_name());
    let mut client = server.connect(canvas, Some(&seat));
    thread::spawn(move || {
        let mut kept = Vec::new();
        for number in 0u32.. {
            let cell = Cell { x: (number % u32::from(SIDE)) as u16, y: (number / 1024) as u16 };
            let color = (number % u32::from(NOISE_COLORS)) as u8;
            let Ok(token) = client.try_place(cell.x, cell.y, color) else { break };
            let answer = loop {
                client.listen_briefly();
                if client.has_ended {
                    return kept;
                }
                if let Some(answer) = client.take_answer(token) {
                    break answer;
                }
            };
            if let crate::harness::Answer::Placed { seq, .. } = answer {
                kept.push((cell, color, seq));
            }
        }
        kept
    })
}

/// Everything acknowledged is on the board, and the folder is whole.
fn assert_kept(server: &mut Server, canvas: &str, kept: &[(Cell, u8, Seq)]) {
    place_ok(&["check", "--data", server.data().to_str().unwrap()]);
    server.launch();
    let board = server.board(canvas);
    let last = kept.last().map_or(0, |(.., seq)| *seq);
    assert!(board.seq() >= last, "back to {} from {last}", board.seq());
    for (cell, color, _) in kept {
        let index = board.size().index(*cell).expect("a cell") as usize;
        assert_eq!(board.cells()[index], *color, "{cell:?}");
    }
}

#[test]
fn a_kill_while_the_folder_is_made_is_no_harm() {
    let mut dice = Dice::roll_anew("creation");
    until_hit_enough("creation", |_| {
        let mut server = Server::prepared(None, &["--log=warn"], Vec::new());
        server.begin();
        let database = server.data().join("place.db");
        assert!(begins(|| database.exists()), "the server makes its database");
        thread::sleep(dice.delay(Duration::from_millis(30)));
        server.kill9();
        let is_hit = !has_canvas(&database);
        server.launch();
        server.board("playground");
        place_ok(&["check", "--data", server.data().to_str().unwrap()]);
        is_hit
    });
}

/// Whether a database has come so far that it has a canvas.
fn has_canvas(database: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let count = Connection::open_with_flags(database, flags).and_then(|conn| {
        conn.query_row("SELECT count(*) FROM canvases", (), |row| row.get::<_, u32>(0))
    });
    count.is_ok_and(|count| count > 0)
}

/// Whether a checkpoint is half written, or half forgotten.
fn has_half_a_checkpoint(reader: &Connection) -> bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM checkpoint_parts AS part WHERE NOT EXISTS \
               (SELECT 1 FROM checkpoints WHERE canvas = part.canvas AND seq = part.seq))";
    reader.query_row(sql, (), |row| row.get(0)).expect("reads")
}

fn reader(data: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    Connection::open_with_flags(data.join("place.db"), flags).expect("opens")
}

/// A file in a folder with this in its name.
fn file_containing(folder: &Path, part: &str) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder).ok()?.flatten();
    entries.find(|entry| entry.file_name().to_string_lossy().contains(part)).map(|file| file.path())
}

#[test]
fn a_kill_in_a_checkpoint_is_no_harm() {
    let mut dice = Dice::roll_anew("checkpoint");
    let flags = ["--checkpoint-entries=100", "--checkpoint-interval=1s", "--log=warn"];
    let mut server = Server::prepared(None, &flags, Vec::new());
    noise(server.data(), ID, SIDE);
    server.launch();
    until_hit_enough("checkpoint", |_| {
        let ada = draw(&server, ID);
        let watch = reader(server.data());
        assert!(begins(|| has_half_a_checkpoint(&watch)), "there are checkpoints");
        drop(watch);
        thread::sleep(dice.delay(Duration::from_millis(10)));
        server.kill9();
        let kept = ada.join().expect("no panic");
        let is_hit = has_half_a_checkpoint(&reader(server.data()));
        assert_kept(&mut server, ID, &kept);
        is_hit
    });
}

#[test]
fn a_kill_in_a_snapshot_is_no_harm() {
    let mut dice = Dice::roll_anew("snapshot");
    let mut server = Server::prepared(None, &["--snapshot-interval=1s", "--log=warn"], Vec::new());
    noise(server.data(), ID, SIDE);
    let folder = server.data().join("snapshots").join(ID);
    server.launch();
    until_hit_enough("snapshot", |_| {
        let ada = draw(&server, ID);
        assert!(begins(|| file_containing(&folder, ".partial").is_some()), "there are snapshots");
        thread::sleep(dice.delay(Duration::from_millis(2)));
        server.kill9();
        let kept = ada.join().expect("no panic");
        let half = file_containing(&folder, ".partial");
        assert_kept(&mut server, ID, &kept);
        let list = server.get(&format!("/api/canvases/{ID}/snapshots")).expect(200).json();
        for one in list["snapshots"].as_array().expect("a list") {
            let png = fs::read(folder.join(one["name"].as_str().unwrap())).expect("reads");
            let mut picture = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
            let mut bytes = vec![0; picture.output_buffer_size().expect("it fits")];
            picture.next_frame(&mut bytes).expect("a whole picture");
        }
        let Some(half) = half else { return false };
        assert!(begins(|| !half.exists()), "what the kill left behind does not lie there for ever");
        true
    });
}

fn start(args: &[&str]) -> Child {
    let mut command = place();
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

#[test]
fn a_kill_in_a_backup_is_no_harm() {
    let mut dice = Dice::roll_anew("backup");
    let mut server = Server::prepared(None, &["--log=warn"], Vec::new());
    noise(server.data(), ID, SIDE);
    server.launch();
    let canvas = server.free_canvas("free", SIDE);
    let file = server.scratch("backup.db");
    let (data, to) = (server.data().to_str().unwrap().to_owned(), file.to_str().unwrap());
    place_ok(&["backup", to, "--data", &data]);
    until_hit_enough("backup", |attempt| {
        let task = Task { people: 2, first_cell: attempt * 10_000, cells: 10_000 };
        let crowd = Crowd::start_task(server.address(), &canvas, task);
        crowd.wait_until_all_draw();
        let child = start(&["backup", to, "--data", &data]);
        let unfinished = server.scratch("backup.db.unfinished");
        assert!(begins(|| unfinished.exists()), "there are backups");
        thread::sleep(dice.delay(Duration::from_millis(100)));
        // The backup, or the server under it.
        let of_server = dice.one_in(3);
        if of_server {
            server.kill9();
            crowd.stop();
            let made = child.wait_with_output().expect("it ends");
            assert!(made.status.success(), "a backup does not need the server");
            server.launch();
        } else {
            kill(child);
            crowd.stop();
        }
        let is_hit = of_server || unfinished.exists();
        let restored = server.scratch(&format!("restored-{attempt}"));
        place_ok(&["restore", to, "--data", restored.to_str().unwrap()]);
        fs::remove_dir_all(restored).expect("removes");
        is_hit
    });
    place_ok(&["backup", to, "--data", &data]);
    place_ok(&["check", "--data", &data]);
}

/// The seq of the noise in a data folder that must be whole.
fn whole_seq(data: &Path) -> Seq {
    let store = Store::open(data, StoreOptions::default()).expect("opens");
    let number = store.canvas(ID).expect("reads").expect("is there").number;
    let seq = store.load(number).expect("loads").canvas.seq();
    store.close().expect("closes");
    let report = check(data).expect("opens");
    assert!(report.is_good(), "{report}");
    seq
}

#[test]
fn a_kill_in_a_restore_is_no_harm() {
    let mut dice = Dice::roll_anew("restore");
    let home = tempfile::tempdir().expect("a folder");
    let data = home.path().join("data");
    noise(&data, ID, SIDE);
    // Two backups that differ from the first page to the last.
    let (more, less) = (home.path().join("more.db"), home.path().join("less.db"));
    let arg = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    place_ok(&["backup", &arg(&more), "--data", &arg(&data)]);
    let small = home.path().join("small");
    let store = Store::open(&small, StoreOptions::default()).expect("opens");
    let genesis = {
        let palette = Palette::parse("ffffff White\n000000 Black").expect("a palette");
        let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
        Canvas::genesis(Size::new(16, 16).expect("good"), palette, rules, 1)
    };
    store.create_canvas(ID, "Small", 1, &genesis).expect("creates");
    drop(store);
    place_ok(&["backup", &arg(&less), "--data", &arg(&small)]);
    let (many, few) = (whole_seq(&data), whole_seq(&small));

    let restoring = data.join("place.db.restoring");
    let journal = data.join("place.db.restoring-journal");
    until_hit_enough("restore", |attempt| {
        let file = if attempt % 2 == 0 { &less } else { &more };
        let mut child = start(&["restore", &arg(file), "--force", "--data", &arg(&data)]);
        if attempt % 4 < 2 {
            // The copying.
            assert!(begins(|| restoring.exists()), "there are restores");
            thread::sleep(dice.delay(Duration::from_millis(40)));
        } else {
            // What is changed in the copy; soon over.
            while !journal.exists() && child.try_wait().expect("it can be waited for").is_none() {}
        }
        kill(child);
        let is_hit = restoring.exists();
        assert!([many, few].contains(&whole_seq(&data)), "one or the other");
        // The other one next, so that what is left behind would show.
        let (file, seq) = if attempt % 2 == 0 { (&more, many) } else { (&less, few) };
        place_ok(&["restore", &arg(file), "--force", "--data", &arg(&data)]);
        assert_eq!(whole_seq(&data), seq);
        while let Some(aside) = file_containing(&data, ".before-") {
            fs::remove_file(aside).expect("removes");
        }
        is_hit
    });
}
