//! UTF-8 checked piece by piece: a text may come in fragments that end inside
//! of a letter, and one that can't become UTF-8 any more is to be refused at
//! its first wrong byte (RFC 6455, section 8.1).

/// A text that is not UTF-8, whatever may still come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is not UTF-8")]
pub struct NotUtf8;

/// Longest character, in bytes (RFC 3629).
const CHARACTER_MAX_BYTES: usize = 4;

/// A check of one text, as its bytes come by.
#[derive(Clone, Debug, Default)]
pub struct Utf8 {
    /// The beginning of a character that is not yet whole.
    begun: [u8; CHARACTER_MAX_BYTES],
    begun_len: usize,
}

impl Utf8 {
    /// Checks the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), NotUtf8> {
        let mut bytes = bytes;
        while self.begun_len > 0 {
            let Some((next, rest)) = bytes.split_first() else { return Ok(()) };
            self.begun[self.begun_len] = *next;
            self.begun_len += 1;
            bytes = rest;
            match std::str::from_utf8(&self.begun[..self.begun_len]) {
                Ok(_) => self.begun_len = 0,
                // No length means: good so far, and not yet whole.
                Err(error) if error.error_len().is_none() => {}
                Err(_) => return Err(NotUtf8),
            }
        }
        match std::str::from_utf8(bytes) {
            Ok(_) => Ok(()),
            Err(error) if error.error_len().is_none() => {
                let begun = &bytes[error.valid_up_to()..];
                self.begun[..begun.len()].copy_from_slice(begun);
                self.begun_len = begun.len();
                Ok(())
            }
            Err(_) => Err(NotUtf8),
        }
    }

    /// Whether the text may end here: not inside of a character.
    pub fn is_whole(&self) -> bool {
        self.begun_len == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The bytes after which a text is refused, if it is.
    fn refused_after(bytes: &[u8]) -> Option<usize> {
        let mut check = Utf8::default();
        bytes.iter().position(|byte| check.feed(&[*byte]).is_err()).map(|at| at + 1)
    }

    #[test]
    fn a_wrong_byte_is_refused_as_it_comes() {
        let table: [(&[u8], Option<usize>); 9] = [
            ("κόσμε 🎨".as_bytes(), None),
            (b"\xff", Some(1)),
            (b"a\x80", Some(2)),
            // Too long a form of "/".
            (b"\xc0\xaf", Some(1)),
            (b"\xe0\x80\xaf", Some(2)),
            // Half of a pair, as UTF-16 has them.
            (b"\xed\xa0\x80", Some(2)),
            // Beyond the last character.
            (b"\xf4\x90\x80\x80", Some(2)),
            (b"\xf5", Some(1)),
            // Cut short.
            (b"\xf0\x9f\x8ea", Some(4)),
        ];
        for (bytes, wanted) in table {
            assert_eq!(refused_after(bytes), wanted, "{bytes:02x?}");
        }
    }

    #[test]
    fn a_text_does_not_end_inside_of_a_character() {
        let mut check = Utf8::default();
        for (byte, whole) in "é🎨".bytes().zip([false, true, false, false, false, true]) {
            check.feed(&[byte]).unwrap();
            assert_eq!(check.is_whole(), whole);
        }
    }

    fn nearly_text() -> impl Strategy<Value = Vec<u8>> {
        (".{0,20}", prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3))
            .prop_map(|(text, changes)| {
                let mut bytes = text.into_bytes();
                for (at, byte) in changes {
                    if !bytes.is_empty() {
                        let at = at.index(bytes.len());
                        bytes[at] = byte;
                    }
                }
                bytes
            })
    }

    proptest! {
        #[test]
        fn pieces_are_judged_as_the_whole_is(bytes in nearly_text(), cut in 1usize..9) {
            let mut check = Utf8::default();
            let fed = bytes.chunks(cut).try_for_each(|piece| check.feed(piece));
            let good = fed.is_ok() && check.is_whole();
            prop_assert_eq!(good, std::str::from_utf8(&bytes).is_ok());
        }
    }
}
