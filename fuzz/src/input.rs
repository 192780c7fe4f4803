//! Inputs taken apart, and what reading them may cost.

use place_core::Size;

/// What a reader of a frame knows beside the frame.
#[derive(Clone, Copy, Debug)]
pub struct Canvas {
    /// Its size.
    pub size: Size,
    /// Its number of colors.
    pub colors: usize,
    /// The seq that the reader has reached.
    pub at: u64,
}

/// A canvas, and the bytes that are left.
pub fn canvas(bytes: &[u8]) -> Option<(Canvas, &[u8])> {
    let ([which, colors, low, high], rest) = bytes.split_first_chunk()?;
    let side = [(16, 16), (20, 16), (256, 192), (2000, 2000), (4096, 4096), (16, 4096)];
    let (width, height) = side[usize::from(*which) % side.len()];
    let size = Size::new(width, height).expect("all of them are allowed");
    let colors = usize::from(*colors).clamp(2, 255);
    Some((Canvas { size, colors, at: u64::from(u16::from_le_bytes([*low, *high])) }, rest))
}

/// Does something with an input of `length` bytes that may take `base` bytes
/// of memory, and `factor` more for each byte of the input.
pub fn bounded<T>(length: usize, base: u64, factor: u64, work: impl FnOnce() -> T) -> T {
    let mut result = None;
    let cost = allocation_counter::measure(|| result = Some(work()));
    let allowed = base + factor * length as u64;
    assert!(cost.bytes_max <= allowed, "{length} bytes took {} of memory", cost.bytes_max);
    result.expect("the work was done")
}
