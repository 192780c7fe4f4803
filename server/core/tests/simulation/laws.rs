//! What must be true of the journal and of whoever saw something of it.

use std::collections::BTreeMap;

use place_core::{Batch, Entry, Rules, SeatNumber};

use crate::client::{Client, Told};
use crate::disk::Disk;

/// Whatever a client saw or was told is in the journal.
pub(crate) fn seen_is_safe(client: &Client, disk: &Disk) {
    if let Some(mirror) = &client.mirror {
        let cells = disk.cells_at(mirror.seq());
        assert!(mirror.cells() == cells, "the mirror at seq {} is the journal's", mirror.seq());
    }
}

/// Every acknowledged placement is in the journal, no refused one is, and one
/// whose answer was lost may be.
pub(crate) fn acknowledged_is_kept(clients: &[Client], disk: &Disk) {
    let mut acknowledged = BTreeMap::<SeatNumber, u64>::new();
    let mut lost = BTreeMap::<SeatNumber, u64>::new();
    let entries: BTreeMap<_, _> = disk.entries().collect();
    for client in clients {
        for told in &client.told {
            let Told::Placed(seq, proposal) = told else { continue };
            let place_core::Proposal { seat, cell, color } = *proposal;
            let expected = Entry::Place { seat, cell, color };
            assert_eq!(entries.get(seq), Some(&expected), "what was acknowledged at seq {seq}");
            *acknowledged.entry(seat).or_default() += 1;
        }
        if let Some(seat) = client.seat {
            *lost.entry(seat).or_default() += client.lost;
        }
    }
    let mut written = BTreeMap::<SeatNumber, u64>::new();
    for entry in entries.values() {
        if let Entry::Place { seat, .. } = entry {
            *written.entry(*seat).or_default() += 1;
        }
    }
    for (seat, written) in written {
        let known = acknowledged.get(&seat).copied().unwrap_or(0);
        let most = known + lost.get(&seat).copied().unwrap_or(0);
        assert!((known..=most).contains(&written), "seat {seat}: {written} of {known} to {most}");
    }
}

/// Changes of rules that were acknowledged stand where it was said.
pub(crate) fn rules_are_kept(acknowledged: &[u64], disk: &Disk) {
    for seq in acknowledged {
        let entry = disk.entry_at(*seq);
        assert!(matches!(entry, Some(Entry::SetRules(_))), "the rules at seq {seq}");
    }
}

/// By the journal's times, no seat placed more than its rules allow, counted
/// over every stretch of time in which the rules stayed the same.
pub(crate) fn cooldowns_hold(disk: &Disk) {
    let mut rules = None;
    let mut times = BTreeMap::<SeatNumber, Vec<u64>>::new();
    for Batch { at_ms, entries, .. } in disk.follow(1) {
        for entry in entries {
            match entry {
                Entry::Create { rules: first, .. } => rules = Some(first),
                Entry::Place { seat, .. } => times.entry(seat).or_default().push(at_ms),
                Entry::SetRules(next) => {
                    check_stretch(rules.replace(next).expect("created first"), &times);
                    times.clear();
                }
            }
        }
    }
    check_stretch(rules.expect("created first"), &times);
}

fn check_stretch(rules: Rules, times: &BTreeMap<SeatNumber, Vec<u64>>) {
    let interval = u64::from(rules.cooldown_ms);
    if interval == 0 {
        return;
    }
    for (seat, times) in times {
        for (first, start) in times.iter().enumerate() {
            for (last, end) in times.iter().enumerate().skip(first) {
                let most = u64::from(rules.saved_max) + (end - start) / interval;
                let placed = (last - first + 1) as u64;
                assert!(placed <= most, "seat {seat} placed {placed} of {most} under {rules:?}");
            }
        }
    }
}
