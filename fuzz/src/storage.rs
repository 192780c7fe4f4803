//! What is read back from the disk.

use place_core::history::History;
use place_core::limits::{BATCH_MAX_BYTES, CHECKPOINT_MAX_BYTES};
use place_core::travel::Replay;
use place_core::{Batch, Canvas};

use crate::input::bounded;

/// A stored batch that can be read has one form. A list is given room for as
/// many items as it announces, within the limit of the whole.
pub fn batch(bytes: &[u8]) {
    let limit = BATCH_MAX_BYTES as u64 + 8192;
    if let Ok(batch) = bounded(bytes.len(), limit, 64, || Batch::decode(bytes)) {
        assert_eq!(batch.encode(), bytes);
    }
}

/// A journal folds or is refused; folded twice it gives the same state, and a
/// checkpoint of that state is the state. A replay, and what viewers are told,
/// lead to the same cells.
pub fn journal(bytes: &[u8]) {
    let mut rest = bytes;
    let mut canvas: Option<Canvas> = None;
    let mut told: Option<(Replay, History)> = None;
    while let Some((length, tail)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_le_bytes(*length)).min(tail.len());
        let (row, tail) = tail.split_at(length);
        rest = tail;
        let Ok(batch) = Batch::decode(row) else { return };
        let Some(canvas) = &mut canvas else {
            match Canvas::begin(&batch) {
                // Folding it is not what a large grid is here for.
                Ok(begun) if begun.size().cells() <= 1 << 16 => {
                    told = Some((Replay::new(begun.size(), None), History::new(begun.seq())));
                    canvas = Some(begun);
                }
                _ => return,
            }
            continue;
        };
        let before = canvas.clone();
        let folded = canvas.apply(&batch);
        let mut again = before.clone();
        assert_eq!(again.apply(&batch), folded);
        assert_eq!(&again, canvas);
        if folded.is_err() {
            return;
        }
        assert_eq!(canvas.seq(), batch.last_seq());
        assert!(canvas.at_ms() >= before.at_ms());
        let (replay, history) = told.as_mut().expect("begun with the canvas");
        replay.follow(&batch);
        assert_eq!(replay.marks(), canvas.marks());
        for (seq, entry) in (batch.first_seq..).zip(&batch.entries) {
            history.record(seq, entry, canvas.size());
        }
        if let Some(delta) = history.delta(before.seq(), canvas.seq()) {
            let mut cells = before.cells().to_vec();
            for (index, color) in delta.changes {
                cells[index as usize] = color;
            }
            assert_eq!(cells, canvas.cells());
        }
    }
    if let Some(canvas) = canvas {
        let stored = canvas.to_checkpoint();
        let read = Canvas::from_checkpoint(&stored).expect("what was written is read");
        assert_eq!(read, canvas);
    }
}

/// A checkpoint that can be read is a state, which has one form.
pub fn checkpoint(bytes: &[u8]) {
    let limit = CHECKPOINT_MAX_BYTES as u64 + 8192;
    let read = bounded(bytes.len(), limit, 8, || Canvas::from_checkpoint(bytes));
    let Ok(canvas) = read else { return };
    assert!(canvas.cells().iter().all(|color| canvas.palette().contains(*color)));
    let stored = canvas.to_checkpoint();
    let again = Canvas::from_checkpoint(&stored).expect("what was written is read");
    assert_eq!(again, canvas);
    assert_eq!(again.to_checkpoint(), stored);
}
