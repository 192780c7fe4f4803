//! Frames from clients, and the texts in them.

use place_core::wire::scan::{Fault, FrameScan, Limits};
use place_core::wire::utf8::Utf8;

use crate::input::bounded;

const LIMITS: Limits = Limits { message_bytes: 4096, fragments: 16 };

/// A stream is judged the same in one piece and byte by byte, and what came
/// before a bad frame is good by itself.
pub fn scan(bytes: &[u8]) {
    let whole = bounded(bytes.len(), 256, 0, || FrameScan::new(LIMITS).feed(bytes));
    let mut scan = FrameScan::new(LIMITS);
    let by_byte = bytes.iter().try_for_each(|byte| scan.feed(&[*byte]).map_err(|(_, fault)| fault));
    assert_eq!(whole.map_err(|(_, fault)| fault), by_byte);
    if let Err((before, _)) = whole {
        let mut scan = FrameScan::new(LIMITS);
        assert_eq!(scan.feed(&bytes[..before]), Ok(()));
        assert!(scan.is_between_frames(), "a bad frame begins behind a whole one");
    }
}

/// A text in frames passes exactly if it is UTF-8.
pub fn text(bytes: &[u8]) {
    let Some(([cut, split], text)) = bytes.split_first_chunk() else { return };
    let cut = usize::from(*cut).max(1);
    let mut check = Utf8::default();
    let passed = text.chunks(cut).try_for_each(|piece| check.feed(piece)).is_ok();
    let is_utf8 = std::str::from_utf8(text).is_ok();
    assert_eq!(passed && check.is_whole(), is_utf8);
    if text.len() > 4096 {
        return;
    }
    let (left, right) = text.split_at(usize::from(*split).min(text.len()));
    let stream = [frame(0x01, left), frame(0x89, b"ping"), frame(0x80, right)].concat();
    let mut scan = FrameScan::new(LIMITS);
    let judged = stream.chunks(cut).try_for_each(|piece| scan.feed(piece));
    let wanted = if is_utf8 { Ok(()) } else { Err(Fault::NotUtf8) };
    assert_eq!(judged.map_err(|(_, fault)| fault), wanted);
}

/// A masked frame.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x11, 0x22, 0x44, 0x88];
    let mut out = vec![first];
    match payload.len() {
        short @ 0..126 => out.push(0x80 | short as u8),
        long => {
            out.push(0xfe);
            out.extend((long as u16).to_be_bytes());
        }
    }
    out.extend(MASK);
    out.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    out
}
