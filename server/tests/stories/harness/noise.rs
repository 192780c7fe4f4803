//! Data folders with a canvas full of noise.

use std::path::Path;

use place::store::{Journal, Store, StoreOptions};
use place_core::limits::BATCH_MAX_ENTRIES;
use place_core::{Batch, Canvas, Entry, Mode, Palette, Rules, Seq, Size};

/// Colors of the noise: in so many it does not compress.
pub(crate) const NOISE_COLORS: u8 = 32;

/// When the first seat drew it, in milliseconds since the Unix epoch.
pub(crate) const NOISE_AT_MS: u64 = 2;

/// A data folder with a square canvas on which the first seat drew every cell,
/// each in a color by chance.
pub(crate) fn noise(data: &Path, id: &str, length: u16) {
    let store = Store::open(data, StoreOptions::default()).expect("opens");
    let colors: Vec<_> =
        (0..NOISE_COLORS).map(|tone| format!("{tone:02x}{tone:02x}00 Tone")).collect();
    let palette = Palette::parse(&colors.join("\n")).expect("a palette");
    let rules = Rules { mode: Mode::Open, cooldown_ms: 0, saved_max: 1, undo_ms: 0 };
    let size = Size::new(length, length).expect("within the limits");
    let genesis = Canvas::genesis(size, palette, rules, 1);
    let number = store.create_canvas(id, "Noise", 1, &genesis).expect("creates").number;
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let mut next: Seq = 2;
    let mut dice = 0u64;
    let cells: Vec<u32> = (0..size.cells() as u32).collect();
    for cells in cells.chunks(BATCH_MAX_ENTRIES) {
        let entries = cells.iter().map(|index| {
            dice = dice.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            Entry::Place { seat: 1, cell: size.cell(*index), color: (dice >> 59) as u8 }
        });
        let batch = Batch { first_seq: next, at_ms: NOISE_AT_MS, entries: entries.collect() };
        next = batch.last_seq() + 1;
        runtime.block_on(store.journal(number).append(batch)).expect("appends");
    }
    store.close().expect("closes");
}
