//! Forgetting: what is gone is gone from the files.

use std::path::Path;

use place::store::{
    MessageRecord, NAMES_MAX_OF_SEAT, NewSeat, Note, SeatState, Store, StoreError, Wanted, Whom,
};

use crate::support::{START_MS, database, fill, folder, run, take_seat, with_canvas};

const ADA: &str = "Ada-Augusta Byron";
const BOB: &str = "Bob the Builder";
const SECRET: &str = "my cat is called Quintilian";

/// Whether the bytes of a text are anywhere in the database or its log.
fn is_on_disk(dir: &Path, text: &str) -> bool {
    let log = dir.join("place.db-wal");
    [database(dir), log].iter().any(|path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
    })
}

fn say(store: &Store, seat: u32, text: &str, mentions: Vec<u32>) -> Result<i64, StoreError> {
    let message = MessageRecord {
        id: 0,
        channel: 0,
        seat,
        teacher: None,
        team: 0,
        at_ms: START_MS,
        text: text.to_owned(),
        reply_to: None,
        mentions,
        deleted_ms: None,
    };
    run(store.add_message(1, message))
}

fn note() -> Note {
    Note::by(0, START_MS + 9, "forget")
}

/// A class in which Ada and Bob write among many others, for so long that pages
/// were split and freed on the way.
fn class(dir: &Path) -> Store {
    let store = with_canvas(dir);
    run(take_seat(&store, 1, ADA, [1; 32])).expect("a seat");
    run(take_seat(&store, 1, BOB, [2; 32])).expect("a seat");
    for number in 3..60u8 {
        run(take_seat(&store, 1, &format!("Pupil {number}"), [number; 32])).expect("a seat");
    }
    for round in 0..200 {
        say(&store, 1, &format!("{SECRET} {round}"), vec![2]).expect("is kept");
        let answer = format!("hello @{}, says number {round}", ADA.to_lowercase());
        say(&store, 2, &answer, vec![1, 3]).expect("is kept");
        say(&store, 3 + round % 50, &"x".repeat(round as usize), vec![]).expect("is kept");
        if round % 7 == 0 {
            // Names of other lengths: rows move.
            let name = format!("Pupil {} of room {round}", round % 50 + 3);
            run(store.rename_seat(1, 3 + round % 50, &name, None)).expect("another name");
        }
        if round % 11 == 0 {
            let id = say(&store, 1, &format!("{SECRET}, once more"), vec![]).expect("is kept");
            run(store.delete_message(1, id, note())).expect("is deleted");
        }
    }
    fill(&store, 50);
    store
}

#[test]
fn one_person_is_gone_from_the_files_and_the_others_stay() {
    let dir = folder();
    let store = class(dir.path());
    assert!(is_on_disk(dir.path(), ADA) && is_on_disk(dir.path(), SECRET));
    let of_bob = say(&store, 2, "Ada-Augusta Byron, come here", vec![]).expect("is kept");
    run(store.report_message(1, of_bob, 1, START_MS)).expect("is kept");
    let of_ada = say(&store, 1, "bad words", vec![]).expect("is kept");
    run(store.report_message(1, of_ada, 2, START_MS)).expect("is kept");

    let forgotten = run(store.forget(1, Whom::Seat(1), note())).expect("is forgotten");

    assert_eq!(forgotten.seats, [1]);
    assert_eq!(forgotten.messages[0], of_ada);
    for text in [ADA, SECRET, "bad words"] {
        assert!(!is_on_disk(dir.path(), text), "{text}");
    }
    assert!(is_on_disk(dir.path(), BOB), "others stay");
    let seat = store.seat(1, 1).expect("reads").expect("its number stays");
    assert_eq!((seat.state, seat.nickname.as_str()), (SeatState::Forgotten, ""));
    assert_eq!(store.seat_by_secret(1, [1; 32]), Ok(None));
    assert_eq!(store.card(1, 1), Ok(None));
    assert_eq!(store.reports(1, 9), Ok(vec![]));
    let text = store.message(1, of_bob).expect("reads").expect("is there").text;
    assert_eq!(text, "…, come here");
    let messages = store.messages(1, None, None, 9999).expect("reads");
    assert!(messages.iter().all(|message| !message.mentions.contains(&1)));
    assert!(messages.iter().any(|message| message.mentions == [3]), "others are still meant");
    let late = say(&store, 1, "one more", vec![]);
    assert_eq!(late, Err(StoreError::NoSuchSeat(1)), "what was still on its way");
    let again = run(store.forget(1, Whom::Seat(1), note()));
    assert_eq!(again, Err(StoreError::NoSuchSeat(1)));
    let wanted = Wanted { seat: None, from_ms: 0, until_ms: u64::MAX };
    let record = store.notes_after(1, wanted, (0, 0), 999).expect("reads");
    let last = record.last().expect("it is on record");
    assert_eq!((last.what.as_str(), last.seat), ("forget", Some(1)));
    assert!(run(take_seat(&store, 1, ADA, [1; 32])).is_ok(), "the name is free again");
}

#[test]
fn a_class_is_gone_from_the_files_and_its_canvas_stays() {
    let dir = folder();
    let store = class(dir.path());
    let forgotten = run(store.forget(1, Whom::Class, note())).expect("is forgotten");
    assert_eq!(forgotten.seats.len(), 59);
    assert!(forgotten.messages.len() <= 200 && forgotten.messages.is_sorted_by(|a, b| a > b));
    for text in [ADA, BOB, SECRET, "Pupil", "xxxx", "says number"] {
        assert!(!is_on_disk(dir.path(), text), "{text}");
    }
    assert_eq!(store.people(1), Ok(vec![]));
    assert_eq!(store.seats(1), Ok(59), "numbers are never given again");
    assert_eq!(store.load(1).expect("loads").canvas.seq(), 50);
    let nobody = run(store.forget(1, Whom::Class, note())).expect("nobody is left");
    assert_eq!(nobody.seats, [0; 0]);
    store.close().expect("closes");
    assert!(place::store::check(dir.path()).expect("reads").is_good());
}

#[test]
fn what_could_be_taken_back_is_erased_when_that_is_over() {
    let dir = folder();
    let store = with_canvas(dir.path());
    run(take_seat(&store, 1, BOB, [1; 32])).expect("a seat");
    let waiting = NewSeat { state: SeatState::Waiting, ..NewSeat::student(ADA, [2; 32], START_MS) };
    run(store.create_seat(1, waiting, || "CARDOFADA".to_owned())).expect("a seat");
    let id = say(&store, 1, SECRET, vec![]).expect("is kept");
    run(store.kick(1, 1, note())).expect("is sent out");
    assert!(run(store.refuse(1, 2, note())).expect("is refused"));
    run(store.delete_message(1, id, note())).expect("is deleted");
    assert!(!run(store.erase_taken(note().at_ms)).expect("looks"), "not yet");
    assert!(is_on_disk(dir.path(), ADA) && is_on_disk(dir.path(), SECRET));

    assert!(run(store.erase_taken(note().at_ms + 1)).expect("erases"));

    // The log is emptied with a later commit.
    run(store.note(1, note())).expect("is kept");
    assert!(!is_on_disk(dir.path(), ADA) && !is_on_disk(dir.path(), SECRET));
    assert!(is_on_disk(dir.path(), BOB), "who was sent out is still in the class");
    assert_eq!(run(store.restore_message(1, id, note())), Ok(None));
    assert_eq!(run(store.unkick(1, 1, note())), Ok(false));
    assert_eq!(run(store.admit_refused(1, 2, || "CARD".to_owned(), note())), Ok(false));
    assert_eq!(store.seat_by_secret(1, [1; 32]), Ok(None));
    assert!(!run(store.erase_taken(u64::MAX / 2)).expect("looks"), "once is enough");
}

#[test]
fn a_seat_has_a_hundred_names_and_no_more() {
    let dir = folder();
    let store = with_canvas(dir.path());
    run(take_seat(&store, 1, "Name 0", [1; 32])).expect("a seat");
    for round in 0..3 {
        for number in 1..NAMES_MAX_OF_SEAT {
            let renamed = run(store.rename_seat(1, 1, &format!("Name {number}"), None));
            renamed.unwrap_or_else(|error| panic!("{round} {number}: {error}"));
        }
    }
    assert_eq!(run(store.rename_seat(1, 1, "One more", None)), Err(StoreError::NamesFull));
    assert_eq!(store.seat(1, 1).expect("reads").expect("a seat").nickname, "Name 99");
    run(store.forget(1, Whom::Seat(1), note())).expect("is forgotten");
    assert!(!is_on_disk(dir.path(), "Name 57"));
}
