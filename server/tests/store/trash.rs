//! A deleted canvas is gone at once for everybody who looks, and then from the
//! files.

use std::path::Path;

use place::store::{MessageRecord, NewSeat, Setup, StoreError, check};

use crate::support::{START_MS, append, batch, folder, genesis, new_card, open, run, with_canvas};

/// Whether a text stands anywhere in the database or beside it.
fn is_on_disk(dir: &Path, text: &str) -> bool {
    ["place.db", "place.db-wal", "place.db-shm"].iter().any(|name| {
        let bytes = std::fs::read(dir.join(name)).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn a_deleted_canvas_is_gone_at_once_and_its_rest_piece_by_piece() {
    let dir = folder();
    let store = with_canvas(dir.path());
    let setup = Setup {
        people: vec![NewSeat::student("Zanzibar", [1; 32], START_MS)],
        new_card: Some(new_card),
        ..Setup::default()
    };
    let doomed = store.create_canvas_with("doomed", "Zanzibar's", START_MS, &genesis(), setup);
    let doomed = doomed.expect("creates").number;
    for first in 0..1500 {
        append(&store, doomed, batch(2 + first, 1)).expect("appends");
    }
    append(&store, 1, batch(2, 5)).expect("appends");
    let canvas = store.load(doomed).expect("loads").canvas;
    store.save_checkpoint(doomed, canvas.seq(), &canvas.to_checkpoint()).expect("saves");
    run(store.add_message(doomed, message())).expect("says");

    store.delete_canvas(doomed).expect("deletes");
    assert_eq!(store.canvas("doomed"), Ok(None));
    assert!(!is_on_disk(dir.path(), "Zanzibar"));
    assert_eq!(store.delete_canvas(doomed), Err(StoreError::NoSuchCanvas(doomed)));
    let again = store.create_canvas("doomed", "Again", START_MS, &genesis());
    assert!(matches!(again, Err(StoreError::CanvasExists(_))), "its pictures may still be there");
    store.close().expect("closes");
    assert!(check(dir.path()).expect("opens").is_good(), "a kill at this moment harms nothing");

    let store = open(dir.path());
    let trash = store.trash().expect("reads");
    assert_eq!((trash.len(), trash[0].canvas, trash[0].id.as_str()), (1, doomed, "doomed"));
    store.empty_trash(doomed).expect("empties");
    store.forget_trash(doomed).expect("lets go");
    let again = store.create_canvas("doomed", "Again", START_MS, &genesis()).expect("creates");
    assert!(again.number > doomed, "a number is never used again");
    assert_eq!(store.load(again.number).expect("loads").canvas.seq(), 1);
    assert_eq!(store.load(1).expect("loads").canvas.seq(), 6);
    store.close().expect("closes");
    assert!(check(dir.path()).expect("opens").is_good());
}

fn message() -> MessageRecord {
    MessageRecord {
        id: 0,
        channel: 0,
        seat: 1,
        teacher: None,
        team: 0,
        at_ms: START_MS,
        text: "Zanzibar says".to_owned(),
        reply_to: None,
        mentions: Vec::new(),
        deleted_ms: None,
    }
}
