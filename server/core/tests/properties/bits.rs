//! Bits and LEB128 numbers.

use place_core::wire::WireError;
use place_core::wire::bits::{BitReader, BitWriter, put_varint, take_varint};
use proptest::prelude::*;

#[test]
fn varints_at_their_edges() {
    for (value, bytes) in [
        (0, &[0u8][..]),
        (127, &[0x7f]),
        (128, &[0x80, 1]),
        (16_383, &[0xff, 0x7f]),
        (16_384, &[0x80, 0x80, 1]),
        (u32::MAX, &[0xff, 0xff, 0xff, 0xff, 0x0f]),
    ] {
        let mut out = Vec::new();
        put_varint(&mut out, value);
        assert_eq!(out, bytes);
        assert_eq!(take_varint(&mut out.as_slice()), Ok(value));
    }
    for (bytes, error) in [
        (&[][..], WireError::Length),
        (&[0x80], WireError::Length),
        (&[0xff, 0xff, 0xff, 0xff], WireError::Length),
        (&[0xff, 0xff, 0xff, 0xff, 0x10], WireError::Range("varint")),
        (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], WireError::Range("varint")),
    ] {
        assert_eq!(take_varint(&mut &*bytes), Err(error), "{bytes:02x?}");
    }
}

/// Something to write.
#[derive(Clone, Debug)]
enum Put {
    Bits(u32, u32),
    Unary(u32),
}

fn put() -> impl Strategy<Value = Put> {
    prop_oneof![
        (any::<u32>(), 0u32..=32).prop_map(|(value, count)| Put::Bits(value, count)),
        (0u32..200).prop_map(Put::Unary),
    ]
}

proptest! {
    #[test]
    fn bits_read_as_they_were_written(puts in prop::collection::vec(put(), 0..40), first in prop::collection::vec(any::<u8>(), 0..3)) {
        let mut out = first.clone();
        let mut writer = BitWriter::new(&mut out);
        for put in &puts {
            match put {
                Put::Bits(value, count) => writer.put(*value, *count),
                Put::Unary(count) => writer.put_unary(*count),
            }
        }
        writer.finish();
        prop_assert!(out.starts_with(&first));
        let mut reader = BitReader::new(&out[first.len()..]);
        let mut bits = 0;
        for put in &puts {
            match put {
                Put::Bits(value, count) => {
                    let expected = u64::from(*value) & ((1u64 << count) - 1);
                    prop_assert_eq!(u64::from(reader.take(*count).expect("it is there")), expected);
                    bits += count;
                }
                Put::Unary(count) => {
                    prop_assert_eq!(reader.take_unary(*count), Ok(*count));
                    bits += count + 1;
                }
            }
        }
        prop_assert!(reader.is_done());
        prop_assert_eq!(out.len() - first.len(), bits.div_ceil(8) as usize);
    }

    #[test]
    fn a_unary_number_over_its_limit_is_refused(count in 1u32..300) {
        let mut out = Vec::new();
        let mut writer = BitWriter::new(&mut out);
        writer.put_unary(count);
        writer.finish();
        prop_assert_eq!(BitReader::new(&out).take_unary(count), Ok(count));
        prop_assert_eq!(BitReader::new(&out).take_unary(count - 1), Err(WireError::Range("number of ones")));
    }
}
