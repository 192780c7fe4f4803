//! Whatever comes in: it is understood or refused, never a panic.

use place_core::session::Session;
use place_core::wire::text::{ClientText, ServerText};
use place_core::wire::{Delta, Place, ServerFrame, board};
use place_core::{Batch, Canvas, Mirror, cooldown::Cooldown};
use proptest::prelude::*;

use super::batches::{run, turns};
use crate::support::size;

/// Gives bytes to everything that reads bytes.
fn read_all(bytes: &[u8]) {
    let sizes = [(16, 16, 2), (20, 16, 3), (4096, 4096, 255)];
    let _ = Place::decode(bytes);
    for (width, height, colors) in sizes {
        let _ = ServerFrame::decode(bytes, size(width, height), colors, 7);
        if let Ok(delta) = Delta::decode(bytes, size(width, height), colors, 7) {
            let cells = size(width, height).cells() as u32;
            assert!(delta.changes.is_sorted_by(|a, b| a.0 < b.0), "sorted, each cell once");
            assert!(
                delta
                    .changes
                    .iter()
                    .all(|(index, color)| { *index < cells && usize::from(*color) < colors })
            );
        }
    }
    let _ = (board::decode(bytes), Mirror::from_board(bytes));
    if let Ok(batch) = Batch::decode(bytes) {
        let _ = (batch.last_seq(), Canvas::begin(&batch));
    }
    if let Ok(mut canvas) = Canvas::from_checkpoint(bytes) {
        let next = Batch {
            first_seq: canvas.seq() + 1,
            at_ms: u64::MAX,
            entries: vec![place_core::Entry::Place {
                seat: 1,
                cell: place_core::Cell { x: 0, y: 0 },
                color: 0,
            }],
        };
        let _ = canvas.apply(&next);
    }
    let mut session = Session::new(Some(1), Cooldown { interval_ms: 1, saved_max: 1 });
    let _ = session.binary(bytes, u64::MAX);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = session.text(text, 1);
        let _ =
            (serde_json::from_str::<ServerText>(text), serde_json::from_str::<ClientText>(text));
    }
}

/// Some bytes of `bytes` set, cut or doubled.
fn damaged(mut bytes: Vec<u8>, damage: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (at, how, value) in damage {
        if bytes.is_empty() {
            break;
        }
        let at = at.index(bytes.len());
        match how % 4 {
            0 => bytes[at] = *value,
            1 => bytes[at] ^= 1 << (value % 8),
            2 => bytes.truncate(at),
            _ => bytes.insert(at, *value),
        }
    }
    bytes
}

fn damage() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<u8>()), 0..4)
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
    }

    #[test]
    fn any_bytes_behind_each_tag(tag in prop::sample::select(vec![1u8, 0x81, 0x82, 0xc0, 0xca, 0xdf, 0xe4, 0xff]), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read_all(&[vec![tag], bytes].concat());
    }

    #[test]
    fn any_text(text in r#"(\{"type":"(watch|rules|beat)",)?(\PC|["{}\[\]:,0-9]){0,80}"#) {
        read_all(text.as_bytes());
    }

    #[test]
    fn damaged_storage(turns in turns(), damage in damage()) {
        let (canvas, journal) = run(turns);
        for batch in &journal {
            read_all(&damaged(batch.encode(), &damage));
        }
        read_all(&damaged(canvas.to_checkpoint(), &damage));
        read_all(&damaged(board::encode(&canvas), &damage));
    }

    #[test]
    fn a_damaged_journal_is_refused_or_folds(turns in turns(), damage in damage(), which: prop::sample::Index) {
        let (_, journal) = run(turns);
        let which = which.index(journal.len());
        let bytes = damaged(journal[which].encode(), &damage);
        if let (Ok(batch), 1..) = (Batch::decode(&bytes), which) {
            let mut canvas = Canvas::begin(&journal[0]).expect("a good genesis");
            for batch in &journal[1..which] {
                canvas.apply(batch).expect("the journal folds");
            }
            let _ = canvas.apply(&batch);
        }
    }
}

#[test]
fn deep_and_wide_json_is_refused() {
    for text in ["[".repeat(4096), "{\"type\":".repeat(500), format!("[{}1]", "1,".repeat(2000))] {
        read_all(text.as_bytes());
    }
}
