//! Binary messages, in both directions.

use std::collections::BTreeMap;

use place_core::Mirror;
use place_core::wire::{Delta, Place, ServerFrame, board};

use crate::input::{Canvas, bounded, canvas};

/// A placement that can be read is written as the same ten bytes.
pub fn client(bytes: &[u8]) {
    if let Ok(place) = bounded(bytes.len(), 256, 0, || Place::decode(bytes)) {
        assert_eq!(place.encode(), bytes);
    }
}

/// A message from the server that can be read stays within the canvas, and is
/// read the same after being written.
pub fn server(bytes: &[u8]) {
    let Some((canvas, bytes)) = canvas(bytes) else { return };
    let Canvas { size, colors, at } = canvas;
    // A change takes at least one bit, eight bytes once it is read, and a list
    // that grows is for a moment there twice, the second time twice as long.
    let read = bounded(bytes.len(), 1024, 192, || ServerFrame::decode(bytes, size, colors, at));
    match read {
        Ok(ServerFrame::Delta(delta)) => check_delta(&delta, canvas),
        Ok(frame) => assert_eq!(frame.encode(size, colors), bytes),
        Err(_) => {}
    }
}

fn check_delta(delta: &Delta, Canvas { size, colors, at }: Canvas) {
    assert!(delta.changes.is_sorted_by(|a, b| a.0 < b.0), "each cell once, in order");
    let inside = |(index, color): &(u32, u8)| {
        (*index as usize) < size.cells() && usize::from(*color) < colors
    };
    assert!(delta.changes.iter().all(inside), "every change lies within the canvas");
    // A header may name a seq before the first: nobody writes that.
    if delta.to >= delta.from {
        let written = delta.encode(size, colors);
        assert_eq!(Delta::decode(&written, size, colors, at).as_ref(), Ok(delta));
        let live = delta.encode_live(size, colors);
        assert_eq!(Delta::decode(&live, size, colors, delta.from).as_ref(), Ok(delta));
    }
}

/// Changes made from the input come back from the wire, in whatever form.
pub fn delta(bytes: &[u8]) {
    let Some((Canvas { size, colors, at: from }, bytes)) = canvas(bytes) else { return };
    let Some((span, changes)) = bytes.split_first() else { return };
    let cells = size.cells() as u32;
    let mut index = 0;
    let changes = changes.chunks_exact(3).map(|change| {
        // Near cells and far ones.
        let step = u32::from(change[0]) << (u32::from(change[1]) % 17);
        index = (index + step) % cells;
        (index, (usize::from(change[2]) % colors) as u8)
    });
    let changes: Vec<_> = changes.collect();
    let delta = Delta::coalesce(from, from + u64::from(*span), changes.clone());
    let last: BTreeMap<_, _> = changes.into_iter().collect();
    assert_eq!(delta.changes, last.into_iter().collect::<Vec<_>>(), "the last on a cell stands");
    let live = Delta { to: from + delta.changes.len() as u64, ..delta.clone() };
    for (delta, written) in
        [(&delta, delta.encode(size, colors)), (&live, live.encode_live(size, colors))]
    {
        assert_eq!(Delta::decode(&written, size, colors, from).as_ref(), Ok(delta));
        assert!(written.len() <= 8 + 5 * delta.changes.len(), "never longer than the plain form");
    }
}

/// A board that can be read is a mirror; a delta that fits moves it.
pub fn board(bytes: &[u8]) {
    let read = board::decode(bytes);
    let mirror = bounded(bytes.len(), 256, 1, || Mirror::from_board(bytes));
    let (Ok((size, seq, cells)), Ok(mirror)) = (&read, &mirror) else {
        assert!(read.is_err() && mirror.is_err(), "both read the same");
        return;
    };
    assert_eq!((mirror.size(), mirror.seq(), mirror.cells()), (*size, *seq, *cells));
}
