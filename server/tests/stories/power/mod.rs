//! Power cuts: what a class saw and was told is on the disk, whatever the disk
//! had not yet done when the power went.
//!
//! A real server runs a short lesson while everything that it does to its files
//! is noted. From the notes, a disk is made as it could have been found after a
//! power cut at any moment: nothing that was not synced is certain, sectors are
//! written in any order, partly, or torn. Each such disk must open, be whole,
//! and hold everything that anybody knew of at that moment.

mod disk;
mod lesson;
mod notes;

use std::fs;
use std::path::Path;

use place::store::{Journal, MUTED_UNTIL_LIFTED, Store, StoreOptions, check, restore};
use place_core::{Batch, Entry, Seq};

use crate::kills::Dice;

use disk::{Disk, Kind, Tearing};
use lesson::{CANVAS, Known, Lesson, NUMBER};
use notes::Note;

/// Power cuts unless `PLACE_POWER_CUTS` says otherwise.
const CUTS: u64 = 150;

/// When the tests restore and append, in milliseconds since the Unix epoch.
const NOW_MS: u64 = 4_000_000_000_000;

/// What may be under way when the power goes, and how the names of its files
/// end.
const WRITINGS: [(&str, &str); 6] = [
    ("log", "place.db-wal"),
    ("database", "place.db"),
    ("rollback journal", "-journal"),
    ("snapshot", ".png.partial"),
    ("backup", "backup.db.unfinished"),
    ("token", "admin-token.unfinished"),
];

/// How the cuts fell.
#[derive(Debug, Default)]
struct Tally {
    cuts: u64,
    /// Cuts that fell into each of the writings.
    inside: [u64; WRITINGS.len()],
    /// Placements that nobody knew of yet, and that were kept all the same.
    kept_unknown: u64,
}

impl Tally {
    fn count(&mut self, disk: &Disk) {
        self.cuts += 1;
        for (count, (_, ending)) in self.inside.iter_mut().zip(WRITINGS) {
            *count += u64::from(disk.is_uncertain(ending));
        }
    }

    fn assert_covers_everything(&self) {
        for (count, (what, _)) in self.inside.iter().zip(WRITINGS) {
            println!("cuts into the writing of a {what}: {count}");
            assert!(*count > 0, "no cut fell into the writing of a {what}");
        }
    }
}

/// The moments of the cuts, as numbers of notes: half of them anywhere, the
/// others in turn inside of what happens seldom.
fn moments(notes: &[Note], cuts: u64, dice: &mut Dice) -> Vec<usize> {
    let anywhere: Vec<usize> = (0..notes.len()).collect();
    let about = |ending: &str| -> Vec<usize> {
        let is_it =
            |note: &Note| note.name.ends_with(ending) && matches!(note.act, notes::Act::Write(..));
        anywhere.iter().copied().filter(|at| is_it(&notes[*at])).collect()
    };
    let seldom = WRITINGS.map(|(_, ending)| about(ending));
    let mut moments: Vec<usize> = (0..cuts as usize)
        .map(|number| {
            let among =
                if number % 2 == 0 { &anywhere } else { &seldom[number / 2 % seldom.len()] };
            among[dice.below(among.len() as u64) as usize]
        })
        .collect();
    moments.sort_unstable();
    moments
}

#[test]
fn a_power_cut_loses_nothing_that_anybody_knew_of() {
    let cuts = std::env::var("PLACE_POWER_CUTS").map_or(CUTS, |n| n.parse().expect("a number"));
    let mut dice = Dice::roll_anew("power");
    let lesson = Lesson::give();
    let truth = entries(&lesson.data(), NUMBER).expect("the lesson went well");
    lesson.known.assert_is_in(&truth);
    let notes = lesson.recorder.read();
    let moments = moments(&notes, cuts, &mut dice);
    let (mut disk, mut tally) = (Disk::default(), Tally::default());
    let mut next = moments.into_iter().peekable();
    for (at, note) in notes.iter().enumerate() {
        disk.follow(note);
        while next.next_if_eq(&at).is_some() {
            let kind = Kind {
                sector_bytes: [512, 4096][dice.below(2) as usize],
                tearing: [Tearing::Whole, Tearing::Garbage][dice.below(2) as usize],
            };
            tally.count(&disk);
            let after = tempfile::tempdir().expect("a folder");
            disk.cut(kind, &mut dice, &lesson.root(), after.path());
            match judge(after.path(), &lesson, note.end, &truth) {
                Ok(unknown) => tally.kept_unknown += unknown,
                Err(wrong) => {
                    let kept = after.keep();
                    panic!("cut after note {at}, {kind:?}: {wrong}; see {}", kept.display());
                }
            }
        }
    }
    println!("{} notes; {tally:?}", notes.len());
    tally.assert_covers_everything();
}

/// The entries of a canvas.
fn entries(data: &Path, number: u32) -> Result<Vec<Entry>, String> {
    let store = Store::open(data, StoreOptions::default()).map_err(|error| error.to_string())?;
    let batches: Result<Vec<Batch>, _> =
        store.journal(number).follow(1).and_then(Iterator::collect);
    let batches = batches.map_err(|error| error.to_string())?;
    Ok(batches.into_iter().flat_map(|batch| batch.entries).collect())
}

/// Looks at what a power cut has left; how many placements are there that
/// nobody knew of.
fn judge(home: &Path, lesson: &Lesson, moment: u64, truth: &[Entry]) -> Result<u64, String> {
    let (known, data) = (&lesson.known, home.join("data"));
    judge_files(home, known, moment)?;
    let found = entries(&data, NUMBER)?;
    let must = known.seq_at(moment);
    if (found.len() as Seq) < must {
        return Err(format!("back to seq {} from {must}", found.len()));
    }
    if found[..] != truth[..found.len()] {
        return Err("another story than the one that was told".to_owned());
    }
    let store = Store::open(&data, StoreOptions::default()).map_err(|error| error.to_string())?;
    let seats = store.seats(NUMBER).map_err(|error| error.to_string())?;
    let joined = known.seats_at(moment);
    if seats < joined {
        return Err(format!("{seats} of {joined} seats"));
    }
    judge_class(&store, known, moment)?;
    if !found.is_empty() {
        let state = store.load(NUMBER).map_err(|error| error.to_string())?.canvas;
        let entry = truth[1].clone();
        let batch = Batch { first_seq: state.seq() + 1, at_ms: NOW_MS, entries: vec![entry] };
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let appended = runtime.block_on(store.journal(NUMBER).append(batch));
        appended.map_err(|error| format!("it does not go on: {error}"))?;
    }
    store.close().map_err(|error| error.to_string())?;
    let report = check(&data).map_err(|error| error.to_string())?;
    if !report.is_good() {
        return Err(report.to_string());
    }
    Ok(found.len() as u64 - must)
}

/// What was written, and who may not write.
fn judge_class(store: &Store, known: &Known, moment: u64) -> Result<(), String> {
    for (id, text) in known.written_at(moment) {
        let message = store.message(NUMBER, id).map_err(|error| error.to_string())?;
        if message.is_none_or(|message| message.text != text) {
            return Err(format!("message {id} is lost"));
        }
    }
    for seat in known.muted_at(moment) {
        let record = store.seat(NUMBER, seat).map_err(|error| error.to_string())?;
        if record.is_none_or(|record| record.muted_until_ms != MUTED_UNTIL_LIFTED) {
            return Err(format!("seat {seat} speaks again"));
        }
    }
    Ok(())
}

/// What lies beside the database.
fn judge_files(home: &Path, known: &Known, moment: u64) -> Result<(), String> {
    let data = home.join("data");
    if moment >= known.ready {
        let token = place::http::admin::token(&data).map_err(|error| error.to_string())?;
        if token != known.token {
            return Err("the admin's token is another one".to_owned());
        }
    }
    let snapshots = data.join("snapshots").join(CANVAS);
    for file in fs::read_dir(snapshots).into_iter().flatten().flatten() {
        if file.path().extension().is_some_and(|end| end == "png") {
            let bytes = fs::read(file.path()).map_err(|error| error.to_string())?;
            whole_picture(&bytes).map_err(|error| format!("{}: {error}", file.path().display()))?;
        }
    }
    let backup = home.join("away/backup.db");
    if moment >= known.backed_up || backup.exists() {
        let new = home.join("restored");
        restore(&backup, &new, false, NOW_MS).map_err(|error| format!("the backup: {error}"))?;
    }
    Ok(())
}

fn whole_picture(bytes: &[u8]) -> Result<(), png::DecodingError> {
    let mut picture = png::Decoder::new(std::io::Cursor::new(bytes)).read_info()?;
    let mut pixels = vec![0; picture.output_buffer_size().expect("it fits")];
    picture.next_frame(&mut pixels).map(|_| ())
}
