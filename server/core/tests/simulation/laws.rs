//! What must be true of the journal and of whoever saw something of it.

use std::collections::BTreeMap;

use place_core::history::changes_of;
use place_core::{Batch, Entry, Rules, SeatNumber, Seq};

use crate::client::{Asked, Client, Told};
use crate::disk::Disk;
use crate::server::Server;

/// Whatever a client saw or was told is in the journal.
pub(crate) fn seen_is_safe(client: &Client, disk: &Disk) {
    if let Some(mirror) = &client.mirror {
        let cells = disk.cells_at(mirror.seq());
        assert!(mirror.cells() == cells, "the mirror at seq {} is the journal's", mirror.seq());
    }
}

/// The same for all at once: the journal is read only once.
pub(crate) fn all_seen_is_safe<'a>(clients: impl Iterator<Item = &'a Client>, disk: &Disk) {
    let mut mirrors: Vec<_> = clients.filter_map(|client| client.mirror.as_ref()).collect();
    mirrors.sort_by_key(|mirror| mirror.seq());
    let mut mirrors = mirrors.into_iter().peekable();
    let mut cells = disk.cells_at(1);
    for (seq, entry) in disk.entries() {
        let Some(size) = mirrors.peek().map(|mirror| mirror.size()) else { return };
        for (index, color) in changes_of(&entry, size) {
            cells[index as usize] = color;
        }
        while let Some(mirror) = mirrors.next_if(|mirror| mirror.seq() == seq) {
            assert!(mirror.cells() == cells, "the mirror at seq {seq} is the journal's");
        }
    }
    assert_eq!(mirrors.next(), None, "nobody is ahead of the journal");
}

/// In peace everybody has the same canvas, its rules and all answers.
pub(crate) fn everybody_agrees<'a>(
    clients: impl Iterator<Item = &'a Client> + Clone,
    server: &Server,
    disk: &Disk,
) {
    let canvas = &server.canvas;
    assert_eq!(*canvas, disk.fold(), "the state is the journal's fold");
    for (number, client) in clients.clone().enumerate() {
        let mirror = client.mirror.as_ref().expect("everybody has a board");
        assert_eq!(mirror.seq(), canvas.seq(), "client {number} is live");
        assert!(mirror.cells() == canvas.cells(), "client {number} sees the canvas");
        assert_eq!(client.rules, Some(canvas.rules()), "client {number} knows the rules");
        assert_eq!(client.online, Some(server.feed.online()), "and who is there");
        assert!(client.unanswered.is_empty(), "client {number} got every answer");
    }
    all_seen_is_safe(clients, disk);
}

/// Every acknowledged placement is in the journal, no refused one is, and one
/// whose answer was lost may be; the same goes for pixels taken back.
pub(crate) fn acknowledged_is_kept<'a>(clients: impl IntoIterator<Item = &'a Client>, disk: &Disk) {
    let mut acknowledged = BTreeMap::<SeatNumber, u64>::new();
    let mut lost = BTreeMap::<SeatNumber, u64>::new();
    let entries: BTreeMap<_, _> = disk.entries().collect();
    for client in clients {
        for told in &client.told {
            let Told::Done(seq, asked) = told else { continue };
            let (entry, seat) = (entries.get(seq), is_of(asked));
            let is_there = match (asked, entry) {
                (Asked::Place(wanted), Some(Entry::Place { seat, cell, color })) => {
                    (wanted.seat, wanted.cell, wanted.color) == (*seat, *cell, *color)
                }
                (Asked::Undo(wanted), Some(Entry::Undo { seat, .. })) => wanted == seat,
                _ => false,
            };
            assert!(is_there, "{asked:?} was acknowledged at seq {seq}, where {entry:?} is");
            *acknowledged.entry(seat).or_default() += 1;
        }
        if let Some(seat) = client.seat {
            *lost.entry(seat).or_default() += client.lost;
        }
    }
    let mut written = BTreeMap::<SeatNumber, u64>::new();
    for entry in entries.values() {
        if let Entry::Place { seat, .. } | Entry::Undo { seat, .. } = entry {
            *written.entry(*seat).or_default() += 1;
        }
    }
    for (seat, written) in written {
        let known = acknowledged.get(&seat).copied().unwrap_or(0);
        let most = known + lost.get(&seat).copied().unwrap_or(0);
        assert!((known..=most).contains(&written), "seat {seat}: {written} of {known} to {most}");
    }
}

fn is_of(asked: &Asked) -> SeatNumber {
    match asked {
        Asked::Place(proposal) => proposal.seat,
        Asked::Undo(seat) => *seat,
    }
}

/// What the teacher decided, and was told so, stands where it was said.
pub(crate) fn decisions_are_kept(decided: &[(Seq, Entry)], disk: &Disk) {
    for (seq, entry) in decided {
        assert_eq!(disk.entry_at(*seq).as_ref(), Some(entry), "the decision at seq {seq}");
    }
}

/// By the journal's times, no seat placed more than its rules and the teacher's
/// gifts allow, without what it took back, counted over every stretch of time in
/// which the rules stayed the same.
pub(crate) fn cooldowns_hold(disk: &Disk) {
    let mut rules = None;
    let mut times = BTreeMap::<SeatNumber, Vec<u64>>::new();
    let mut given = BTreeMap::<SeatNumber, u64>::new();
    for Batch { at_ms, entries, .. } in disk.follow(1) {
        for entry in entries {
            match entry {
                Entry::Create { rules: first, .. } => rules = Some(first),
                Entry::Place { seat, .. } => times.entry(seat).or_default().push(at_ms),
                Entry::Undo { seat, .. } => {
                    times.entry(seat).or_default().pop();
                }
                Entry::SetRules { rules: next, .. } => {
                    check_stretch(rules.replace(next).expect("created first"), &times, &given);
                    times.clear();
                }
                Entry::Award { seats, pixels, .. } => {
                    for seat in seats {
                        *given.entry(seat).or_default() += u64::from(pixels);
                    }
                }
                Entry::Patch { .. }
                | Entry::Protect { .. }
                | Entry::Withdraw { .. }
                | Entry::SetSeat { .. }
                | Entry::SetTeam { .. } => {}
            }
        }
    }
    check_stretch(rules.expect("created first"), &times, &given);
}

fn check_stretch(
    rules: Rules,
    times: &BTreeMap<SeatNumber, Vec<u64>>,
    given: &BTreeMap<SeatNumber, u64>,
) {
    let interval = u64::from(rules.cooldown_ms);
    if interval == 0 {
        return;
    }
    for (seat, times) in times {
        let given = given.get(seat).copied().unwrap_or(0);
        for (first, start) in times.iter().enumerate() {
            for (last, end) in times.iter().enumerate().skip(first) {
                let most = given + u64::from(rules.saved_max) + (end - start) / interval;
                let placed = (last - first + 1) as u64;
                assert!(placed <= most, "seat {seat} placed {placed} of {most} under {rules:?}");
            }
        }
    }
}
