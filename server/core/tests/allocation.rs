//! A few bytes that claim to be many: how much memory they are given.

#[path = "support/mod.rs"]
mod support;

use place_core::limits::{BATCH_MAX_BYTES, CHECKPOINT_MAX_BYTES, TEXT_MAX_BYTES};
use place_core::session::Session;
use place_core::wire::{Delta, ServerFrame, board};
use place_core::{Batch, Canvas, Mirror, cooldown::Cooldown};

use support::{Dice, FREE, canvas, size};

/// What an error and its text may take, in bytes.
const ERROR_MAX_BYTES: u64 = 1024;

/// The most that `work` held on the heap at any moment, in bytes.
fn peak_bytes(work: impl FnOnce()) -> u64 {
    allocation_counter::measure(work).bytes_max
}

/// Lengths that a lying message may claim.
fn claims() -> impl Iterator<Item = u64> {
    (0..64).flat_map(|bit| [(1 << bit) - 1, 1 << bit]).chain([u64::MAX])
}

#[test]
fn a_batch_that_claims_many_entries() {
    for claim in claims() {
        let mut bytes = [1u64.to_le_bytes(), 1u64.to_le_bytes(), claim.to_le_bytes()].concat();
        bytes.extend([1, 0, 0, 0]);
        let peak = peak_bytes(|| drop(Batch::decode(&bytes)));
        assert!(peak <= BATCH_MAX_BYTES as u64 + ERROR_MAX_BYTES, "{claim} entries: {peak} bytes");
    }
}

#[test]
fn a_genesis_that_claims_many_colors_or_long_names() {
    for claim in claims() {
        let head = [1u64.to_le_bytes(), 1u64.to_le_bytes(), 1u64.to_le_bytes()].concat();
        let create = [0, 16, 0, 16, 0];
        let many_colors = [&head[..], &create, &claim.to_le_bytes()].concat();
        let one_color = [&head[..], &create, &1u64.to_le_bytes(), &[0; 3]].concat();
        let long_name = [&one_color[..], &claim.to_le_bytes()].concat();
        for bytes in [many_colors, long_name] {
            let peak = peak_bytes(|| drop(Batch::decode(&bytes)));
            assert!(peak <= BATCH_MAX_BYTES as u64 + ERROR_MAX_BYTES, "{claim}: {peak} bytes");
        }
    }
}

#[test]
fn a_checkpoint_that_claims_many_cells_or_seats() {
    let whole = canvas(size(16, 16), 2, FREE).to_checkpoint();
    // Colors, owners, protection, teams and seats, each behind its length.
    let lengths = [(256u64, 1), (256, 2), (0, 8), (0, 0), (0, 0)];
    let bytes = |(count, bytes): &(u64, usize)| 8 + *count as usize * bytes;
    let mut at = whole.len() - lengths.iter().map(bytes).sum::<usize>();
    for counted in lengths {
        let (length, start) = (counted.0, at);
        at += bytes(&counted);
        assert_eq!(whole[start..start + 8], length.to_le_bytes(), "where the length stands");
        for claim in claims() {
            let mut bytes = whole.clone();
            bytes[start..start + 8].copy_from_slice(&claim.to_le_bytes());
            let peak = peak_bytes(|| drop(Canvas::from_checkpoint(&bytes)));
            let most = CHECKPOINT_MAX_BYTES as u64 + ERROR_MAX_BYTES;
            assert!(peak <= most, "{claim} at {start}: {peak} bytes");
        }
    }
}

/// In the densest code a bit is a change of eight bytes, in a list that grows
/// by doubling: its old half is still there while the new one is filled.
const BYTES_OF_A_DELTA_BYTE: u64 = 8 * 8 * 3;

#[test]
fn a_delta_of_nothing_but_next_cells() {
    let largest = size(4096, 4096);
    for (length, understood) in
        [(10, true), (1000, true), (8192, true), (8193, false), (1 << 20, false)]
    {
        let bytes = [&[0xff, 0, 0, 0, 0, 0, 0][..], &vec![0; length]].concat();
        let mut read = None;
        let peak = peak_bytes(|| read = Some(Delta::decode(&bytes, largest, 2, 0).is_ok()));
        assert_eq!(read, Some(understood), "65,536 changes are the most; these are {}", 8 * length);
        let most = BYTES_OF_A_DELTA_BYTE * bytes.len().min(1 << 13) as u64 + ERROR_MAX_BYTES;
        assert!(peak <= most, "{length} bytes: {peak} bytes");
    }
}

#[test]
fn a_board_that_claims_a_large_canvas() {
    let small = board::encode(&canvas(size(16, 16), 2, FREE));
    for side in [15u16, 17, 4096, 4097, u16::MAX] {
        let mut bytes = small.clone();
        bytes[4..6].copy_from_slice(&side.to_le_bytes());
        let peak = peak_bytes(|| assert!(Mirror::from_board(&bytes).is_err()));
        assert!(peak <= ERROR_MAX_BYTES, "{side} columns: {peak} bytes");
    }
}

#[test]
fn random_messages_take_little() {
    let mut dice = Dice(1);
    let mut session = Session::new(Some(1), Cooldown { interval_ms: 1, saved_max: 1 });
    for round in 0..20_000u64 {
        let mut bytes: Vec<u8> = (0..dice.below(64)).map(|_| dice.next() as u8).collect();
        if let Some(first) = bytes.first_mut() {
            *first = *dice.pick(&[0x01, 0x81, 0x82, 0xc0, 0xdf, 0xe8, 0xff]);
        }
        let peak = peak_bytes(|| {
            drop(ServerFrame::decode(&bytes, size(4096, 4096), 32, 0));
            drop(session.binary(&bytes, round * 10));
            session.answered();
        });
        let most = BYTES_OF_A_DELTA_BYTE * bytes.len() as u64 + ERROR_MAX_BYTES;
        assert!(peak <= most, "{bytes:02x?}: {peak} bytes");
    }
}

#[test]
fn a_text_is_given_a_small_multiple_of_its_length() {
    let mut session = Session::new(None, Cooldown { interval_ms: 1, saved_max: 1 });
    let full = |text: &str| text.repeat(TEXT_MAX_BYTES / text.len());
    for text in [
        full("["),
        full("{\"a\":"),
        format!(r#"{{"since":1,"x":[{}1],"type":"watch"}}"#, full("1,")[..4000].to_owned()),
        format!(r#"{{"x":"{}","type":"watch"}}"#, &full("ab")[..4000]),
        format!(r#"{{"type":"{}"}}"#, &full("ab")[..4000]),
    ] {
        assert!(text.len() <= TEXT_MAX_BYTES, "it is read, not refused for its length");
        let peak = peak_bytes(|| drop(session.text(&text, 1)));
        assert!(peak <= 64 * TEXT_MAX_BYTES as u64, "{text:.20}…: {peak} bytes");
    }
}
