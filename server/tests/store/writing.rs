//! Journals, canvases and seats: what is written stays, in order.

use place::store::{AppendError, CANVASES_MAX, Health, Journal, Store, StoreError, StoreOptions};
use tokio::task::JoinSet;

use crate::support::{
    START_MS, Work, all, append, assert_same, batch, expected, fill, folder, genesis, open, run,
    take_seat, watched, with_canvas,
};

#[test]
fn everything_is_there_after_a_reopen() {
    let dir = folder();
    let store = with_canvas(dir.path());
    fill(&store, 50);
    let seat = run(take_seat(&store, 1, "Ada", [7; 32])).expect("a seat");
    run(store.rename_seat(1, seat.number, "Ada L.", None)).expect("another nickname");
    store.rename_canvas(1, "Friday").expect("another name");
    store.close().expect("closes");
    drop(store);

    let store = open(dir.path());
    assert_same(&store.load(1).expect("loads").canvas, &expected(50));
    let record = store.canvas("first").expect("reads").expect("is there");
    assert_eq!((record.number, record.name.as_str(), record.created_ms), (1, "Friday", START_MS));
    let seat = store.seat_by_secret(1, [7; 32]).expect("reads").expect("is there");
    assert_eq!((seat.number, seat.nickname.as_str(), seat.created_ms), (1, "Ada L.", START_MS));
    assert_eq!(store.health(), Health::Ok);
}

#[test]
fn a_closed_store_leaves_one_tidy_file_and_says_that_it_is_closed() {
    let dir = folder();
    let store = with_canvas(dir.path());
    fill(&store, 20);
    store.close().expect("closes");
    store.close().expect("the second time, too");
    let mut names: Vec<_> = std::fs::read_dir(dir.path())
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("plain names"))
        .collect();
    names.sort();
    assert_eq!(names, ["place.db", "place.lock"]);
    assert_eq!(append(&store, 1, batch(21, 1)), Err(AppendError::Closed));
    assert!(store.canvases().is_err());
    open(dir.path());
}

#[test]
fn a_journal_is_followed_from_the_batch_that_holds_a_seq() {
    let dir = folder();
    let store = with_canvas(dir.path());
    append(&store, 1, batch(2, 5)).expect("appends");
    append(&store, 1, batch(7, 1)).expect("appends");
    append(&store, 1, batch(8, 4)).expect("appends");
    let firsts = |from| -> Vec<u64> {
        let journal = store.journal(1);
        let batches = journal.follow(from).expect("reads");
        batches.map(|batch| batch.expect("is whole").first_seq).collect()
    };
    assert_eq!(firsts(0), [1, 2, 7, 8]);
    assert_eq!(firsts(1), [1, 2, 7, 8]);
    assert_eq!(firsts(2), [2, 7, 8]);
    assert_eq!(firsts(6), [2, 7, 8]);
    assert_eq!(firsts(7), [7, 8]);
    assert_eq!(firsts(11), [8]);
    assert!(firsts(12).is_empty());
}

#[test]
fn a_batch_that_does_not_follow_is_a_conflict() {
    let dir = folder();
    let store = with_canvas(dir.path());
    append(&store, 1, batch(2, 3)).expect("appends");
    for found in [1, 2, 3, 4, 6] {
        assert_eq!(
            append(&store, 1, batch(found, 1)),
            Err(AppendError::Conflict { next: 5, found })
        );
    }
    append(&store, 1, batch(5, 1)).expect("appends");
    assert_same(&store.load(1).expect("loads").canvas, &expected(5));
    assert_eq!(store.health(), Health::Ok);
}

#[test]
fn what_waits_is_committed_together() {
    const CANVASES: u32 = 32;
    let dir = folder();
    let (store, watcher) = watched(dir.path(), CANVASES);
    watcher.hold();
    let journals: Vec<_> = (1..=CANVASES).map(|number| store.journal(number)).collect();
    let held = async {
        watcher.held();
        Ok(())
    };
    let released = async {
        watcher.release();
        Ok(())
    };
    let mut work: Vec<Work<'_>> = vec![Box::pin(journals[0].append(batch(2, 1))), Box::pin(held)];
    work.extend(
        journals[1..].iter().map(|journal| -> Work<'_> { Box::pin(journal.append(batch(2, 3))) }),
    );
    work.push(Box::pin(released));
    assert!(run(all(work)).iter().all(Result::is_ok));
    let commits = watcher.commits();
    assert_eq!(commits.iter().map(|commit| commit.jobs).collect::<Vec<_>>(), [1, 31]);
    assert_eq!(commits[1].entries, 31 * 3);
    assert!(commits[1].bytes > 31 * 3 * 8);
}

#[test]
fn the_log_is_carried_over_before_it_grows_large() {
    const BATCHES: u64 = 400;
    let dir = folder();
    let (store, watcher) = watched(dir.path(), 1);
    for number in 0..BATCHES {
        append(&store, 1, batch(2 + number * 4000, 4000)).expect("appends");
    }
    let log = std::fs::metadata(dir.path().join("place.db-wal")).expect("is there").len();
    store.close().expect("closes");
    let written: usize = watcher.commits().iter().map(|commit| commit.bytes).sum();
    assert!(watcher.carried_over() >= 2, "{} times", watcher.carried_over());
    assert!(log < written as u64 * 3 / 4, "{log} bytes of log for {written}");
}

#[test]
fn a_school_joins_at_once_in_few_commits() {
    const PEOPLE: u32 = 1000;
    let dir = folder();
    let (store, watcher) = watched(dir.path(), 1);
    let before = watcher.commits().len();
    let mut numbers = run(async {
        let mut joins = JoinSet::new();
        for person in 0..PEOPLE {
            let store = store.clone();
            joins.spawn(async move {
                let mut hash = [0; 32];
                hash[..4].copy_from_slice(&person.to_le_bytes());
                let seat =
                    take_seat(&store, 1, &format!("Pupil {person}"), hash).await.expect("a seat");
                assert_eq!(store.seat_by_secret(1, hash), Ok(Some(seat.clone())));
                seat.number
            });
        }
        joins.join_all().await
    });
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=PEOPLE), "seat numbers are dense");
    assert_eq!(store.seats(1), Ok(PEOPLE));
    let commits = watcher.commits().len() - before;
    assert!(commits <= PEOPLE as usize / 10, "{commits} commits for {PEOPLE} joins");
}

#[test]
fn a_refused_job_does_not_hurt_those_in_the_same_commit() {
    let dir = folder();
    let (store, watcher) = watched(dir.path(), 3);
    run(take_seat(&store, 1, "Ada", [1; 32])).expect("a seat");
    watcher.hold();
    let (one, two, three) = (store.journal(1), store.journal(2), store.journal(3));
    run(async {
        let (first, (), good, conflict, taken, nowhere, seat, (), last) = tokio::join!(
            biased;
            three.append(batch(2, 1)),
            async { watcher.held() },
            one.append(batch(2, 2)),
            two.append(batch(9, 1)),
            take_seat(&store, 1, "Eve", [1; 32]),
            take_seat(&store, 9, "Eve", [2; 32]),
            take_seat(&store, 1, "Bob", [3; 32]),
            async { watcher.release() },
            one.append(batch(4, 1)),
        );
        assert_eq!(first, Ok(()));
        assert_eq!(good, Ok(()));
        assert_eq!(conflict, Err(AppendError::Conflict { next: 2, found: 9 }));
        assert_eq!(taken, Err(StoreError::SeatExists));
        assert_eq!(nowhere, Err(StoreError::NoSuchCanvas(9)));
        assert_eq!(seat.expect("a seat").number, 2);
        assert_eq!(last, Ok(()));
    });
    assert!(watcher.commits()[1].jobs >= 5);
    assert_same(&store.load(1).expect("loads").canvas, &expected(4));
    assert_same(&store.load(2).expect("loads").canvas, &expected(1));
}

#[test]
fn canvases_have_ids_names_and_a_bound() {
    let dir = folder();
    let store = with_canvas(dir.path());
    let create = |id: &str, name: &str| store.create_canvas(id, name, START_MS, &genesis());
    assert_eq!(create("first", "Again"), Err(StoreError::CanvasExists("first".to_owned())));
    for id in ["", "-a", "A", "ä", "a b", "a/b", &"a".repeat(33)] {
        assert_eq!(create(id, "Name"), Err(StoreError::CanvasId(id.to_owned())));
    }
    assert_eq!(create("a", ""), Err(StoreError::CanvasName));
    assert_eq!(create("a", &"ä".repeat(61)), Err(StoreError::CanvasName));
    for number in 2..=CANVASES_MAX {
        let id = format!("{}-{number}", "a".repeat(28));
        assert_eq!(create(&id, &"ä".repeat(60)).expect("creates").number, number);
    }
    assert_eq!(create("more", "More"), Err(StoreError::CanvasesFull));
    assert_eq!(store.canvases().expect("reads").len(), CANVASES_MAX as usize);
    assert_eq!(store.rename_canvas(999, "Name"), Err(StoreError::NoSuchCanvas(999)));
    assert_eq!(store.load(999).expect_err("is not there"), StoreError::NoSuchCanvas(999));
}

#[test]
fn seats_have_a_bound_in_each_canvas() {
    let dir = folder();
    with_canvas(dir.path());
    let options = StoreOptions { seats_max: 2, ..StoreOptions::default() };
    let store = Store::open(dir.path(), options).expect("the store opens");
    store.create_canvas("second", "Second", START_MS, &genesis()).expect("creates");
    let join = |canvas, secret: u8| {
        run(take_seat(&store, canvas, &format!("Pupil {secret}"), [secret; 32]))
    };
    assert_eq!(join(1, 1).expect("a seat").number, 1);
    assert_eq!(join(1, 2).expect("a seat").number, 2);
    assert_eq!(join(1, 3), Err(StoreError::SeatsFull(2)));
    assert_eq!(join(2, 1).expect("the same secret in another canvas").number, 1);
    assert_eq!(store.seat_by_secret(2, [2; 32]), Ok(None));
    for nickname in [String::new(), "ä".repeat(25)] {
        let refused = run(take_seat(&store, 2, &nickname, [9; 32]));
        assert_eq!(refused, Err(StoreError::Nickname));
        assert_eq!(run(store.rename_seat(1, 1, &nickname, None)), Err(StoreError::Nickname));
    }
    assert_eq!(run(store.rename_seat(2, 2, "Bob", None)), Err(StoreError::NoSuchSeat(2)));
}
