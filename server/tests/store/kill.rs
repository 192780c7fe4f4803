//! Another process writes, and is killed in the middle, or backed up meanwhile.

use std::path::Path;

use place::store::{Journal, Store, backup, check, restore};

use crate::child::{Speaker, command, folder as child_folder, say};
use crate::support::{
    START_MS, assert_same, batch, expected, folder, genesis, open, run, take_seat, with_canvas,
};

const CANVASES: u32 = 3;

/// Writes for ever: batches in every canvas at once, seats and checkpoints in
/// between. Says what is acknowledged.
fn write_for_ever(dir: &Path) {
    let store = open(dir);
    let mut next: Vec<u64> =
        (1..=CANVASES).map(|number| store.load(number).expect("loads").canvas.seq() + 1).collect();
    let mut seats = store.seats(1).expect("reads");
    for round in 0u64.. {
        run(async {
            let journals: Vec<_> = (1..=CANVASES).map(|number| store.journal(number)).collect();
            let count = round % 7 + 1;
            let done = tokio::join!(
                journals[0].append(batch(next[0], count)),
                journals[1].append(batch(next[1], 1)),
                journals[2].append(batch(next[2], 100)),
            );
            for (canvas, (result, count)) in
                [(done.0, count), (done.1, 1), (done.2, 100)].into_iter().enumerate()
            {
                result.expect("appends");
                next[canvas] += count;
                say(format_args!("journal {canvas} {}", next[canvas] - 1));
            }
        });
        if round % 5 == 0 {
            join(&store, &mut seats);
        }
        if round % 11 == 0 {
            let canvas = store.load(1).expect("loads").canvas;
            store.save_checkpoint(1, canvas.seq(), &canvas.to_checkpoint()).expect("saves");
        }
    }
}

fn join(store: &Store, seats: &mut u32) {
    let seat =
        run(take_seat(store, 1, &format!("Ada {seats}"), secret(*seats + 1))).expect("a seat");
    *seats += 1;
    assert_eq!(seat.number, *seats);
    say(format_args!("seat 0 {seats}"));
}

fn secret(seat: u32) -> [u8; 32] {
    let mut secret = [0; 32];
    secret[..4].copy_from_slice(&seat.to_le_bytes());
    secret
}

/// What the child said was acknowledged, at least.
#[derive(Default)]
struct Heard {
    journals: [u64; CANVASES as usize],
    seats: u32,
}

impl Heard {
    fn hear(&mut self, said: &str) {
        let words: Vec<_> = said.split(' ').collect();
        let [kind, canvas, number] = words[..] else { panic!("the child says {said:?}") };
        let (canvas, number): (usize, u64) =
            (canvas.parse().expect("a number"), number.parse().expect("a number"));
        if kind == "seat" {
            self.seats = number as u32;
        } else {
            self.journals[canvas] = number;
        }
    }

    /// Everything heard of is there, and what is there is right.
    fn assert_is_in(&self, dir: &Path) {
        let store = open(dir);
        for (number, acknowledged) in (1..).zip(self.journals) {
            let canvas = store.load(number).expect("loads").canvas;
            assert!(canvas.seq() >= acknowledged, "{} < {acknowledged}", canvas.seq());
            assert_same(&canvas, &expected(canvas.seq()));
        }
        for seat in 1..=self.seats {
            let found = store.seat_by_secret(1, secret(seat)).expect("reads");
            assert_eq!(found.expect("the seat is there").number, seat);
        }
        drop(store);
        let report = check(dir).expect("opens");
        assert!(report.is_good(), "{report}");
    }
}

fn three_canvases(dir: &Path) {
    let store = with_canvas(dir);
    for number in 2..=CANVASES {
        store.create_canvas(&format!("c{number}"), "C", START_MS, &genesis()).expect("creates");
    }
}

#[test]
fn kills_lose_nothing_that_was_acknowledged() {
    if let Some(dir) = child_folder() {
        return write_for_ever(&dir);
    }
    let dir = folder();
    three_canvases(dir.path());
    for round in 0..6 {
        let mut heard = Heard::default();
        let mut child =
            Speaker::start(command("kill::kills_lose_nothing_that_was_acknowledged", dir.path()));
        for _ in 0..round * round * 10 + 7 {
            heard.hear(&child.hear().expect("the child goes on"));
        }
        child.kill();
        while let Some(said) = child.hear() {
            heard.hear(&said);
        }
        heard.assert_is_in(dir.path());
    }
}

/// Batches of a decision that is too large for one, and entries in each: so many
/// that its commit takes a while.
const DECISION_BATCHES: u64 = 4;
const DECISION_ENTRIES: u64 = 4000;

/// Makes one large decision after another; says which are acknowledged.
fn decide_for_ever(dir: &Path) {
    let store = open(dir);
    let mut next = store.load(1).expect("loads").canvas.seq() + 1;
    loop {
        let batches: Vec<_> = (0..DECISION_BATCHES)
            .map(|number| batch(next + number * DECISION_ENTRIES, DECISION_ENTRIES))
            .collect();
        run(store.journal(1).append_all(&batches)).expect("appends");
        next += DECISION_BATCHES * DECISION_ENTRIES;
        say(format_args!("journal 0 {}", next - 1));
    }
}

#[test]
fn a_decision_of_several_batches_is_there_whole_or_not_at_all() {
    if let Some(dir) = child_folder() {
        return decide_for_ever(&dir);
    }
    let dir = folder();
    drop(with_canvas(dir.path()));
    let test = "kill::a_decision_of_several_batches_is_there_whole_or_not_at_all";
    for round in 0..8 {
        let mut heard = Heard::default();
        let mut child = Speaker::start(command(test, dir.path()));
        heard.hear(&child.hear().expect("the child goes on"));
        // Somewhere in the next commit, a little later each time.
        std::thread::sleep(std::time::Duration::from_millis(3 * round));
        child.kill();
        while let Some(said) = child.hear() {
            heard.hear(&said);
        }
        let canvas = open(dir.path()).load(1).expect("loads").canvas;
        assert!(canvas.seq() >= heard.journals[0], "{} < {}", canvas.seq(), heard.journals[0]);
        assert_eq!((canvas.seq() - 1) % (DECISION_BATCHES * DECISION_ENTRIES), 0, "half is there");
    }
    let report = check(dir.path()).expect("opens");
    assert!(report.is_good(), "{report}");
}

#[test]
fn a_backup_of_a_busy_server_is_whole() {
    if let Some(dir) = child_folder() {
        return write_for_ever(&dir);
    }
    let (dir, away) = (folder(), folder());
    three_canvases(dir.path());
    let mut child = Speaker::start(command("kill::a_backup_of_a_busy_server_is_whole", dir.path()));
    let mut heard = Heard::default();
    for round in 0..4 {
        for _ in 0..100 {
            heard.hear(&child.hear().expect("the child goes on"));
        }
        let file = away.path().join("backup.db");
        let report = backup(dir.path(), &file).expect("backs up");
        assert!(report.check.is_good(), "{}", report.check);
        let restored = away.path().join(format!("restored-{round}"));
        restore(&file, &restored, false, START_MS).expect("restores");
        heard.assert_is_in(&restored);
        let report = check(dir.path()).expect("the check works beside the server, too");
        assert!(report.is_good(), "{report}");
    }
    assert!(restore(away.path().join("backup.db"), dir.path(), true, START_MS).is_err());
}
