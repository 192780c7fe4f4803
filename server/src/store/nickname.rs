//! What people may be called in a canvas, and when two names are the same.

use place_core::limits::NICKNAME_MAX_CHARS;
use unicode_normalization::UnicodeNormalization;

use super::StoreError;

/// A name without surrounding or repeated blanks, if it is one: 1 to
/// [`NICKNAME_MAX_CHARS`] characters, some of which can be seen.
pub fn nickname(name: &str) -> Result<String, StoreError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=NICKNAME_MAX_CHARS).contains(&name.chars().count());
    if fits && !name.chars().any(is_unseen) && !nickname_key(&name).is_empty() {
        Ok(name)
    } else {
        Err(StoreError::Nickname)
    }
}

/// What makes two names the same: neither capital letters nor blanks count, nor
/// how a letter is encoded, nor what joins letters without being seen.
pub fn nickname_key(name: &str) -> String {
    // To capitals and back: ß and ss, and both forms of the Greek sigma, are one.
    let folded = name.nfkc().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    let is_seen = |letter: &char| !letter.is_whitespace() && !is_joiner(*letter);
    folded.nfkd().filter(is_seen).nfkc().collect()
}

/// Whether nothing in a text hides itself, or turns the text around it about.
pub fn is_visible(text: &str) -> bool {
    !text.chars().any(is_unseen)
}

/// Control characters, those that turn the text around them about (Unicode's
/// bidirectional controls), and those that show nothing.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// What joins letters or chooses their form: scripts and emoji need it, but
/// nobody sees it by itself.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nicknames_are_tidied_and_bounded() {
        let table = [
            ("Ada", Some("Ada")),
            ("  Ada   L. ", Some("Ada L.")),
            ("小明", Some("小明")),
            ("نگار", Some("نگار")),
            ("👩‍🎨", Some("👩‍🎨")),
            ("<script>alert(1)</script>", None),
            ("<b>Ada</b>", Some("<b>Ada</b>")),
            ("", None),
            ("   ", None),
            ("abcdefghijklmnopqrstuvwxy", None),
            ("abcdefghijklmnopqrstuvwx", Some("abcdefghijklmnopqrstuvwx")),
            ("a\u{202e}b", None),
            ("a\u{7}b", None),
            ("\u{3164}", None),
            ("\u{200d}", None),
            ("a\u{e0041}", None),
        ];
        for (given, expected) in table {
            assert_eq!(nickname(given).ok().as_deref(), expected, "{given:?}");
        }
    }

    #[test]
    fn names_that_look_the_same_are_the_same() {
        for (one, other) in [
            ("Ada", "aDA"),
            ("Ada L.", "adal."),
            ("Ａｄａ", "Ada"),
            ("Zoe\u{308}", "Zoë"),
            ("Strauß", "STRAUSS"),
            ("ΟΔΥΣΣΕΥΣ", "Οδυσσεύς".replace('ύ', "υ").as_str()),
            ("A\u{200d}da", "Ada"),
            ("⭐\u{fe0f}", "⭐"),
        ] {
            assert_eq!(nickname_key(one), nickname_key(other), "{one:?} {other:?}");
        }
        for (one, other) in [("Ada", "Adam"), ("Zoë", "Zoe"), ("小明", "小红"), ("👍", "👎")]
        {
            assert_ne!(nickname_key(one), nickname_key(other), "{one:?} {other:?}");
        }
    }

    proptest! {
        #[test]
        fn a_key_of_a_key_is_itself(name in "\\PC{0,30}") {
            let key = nickname_key(&name);
            prop_assert_eq!(nickname_key(&key), key);
        }

        #[test]
        fn what_is_tidy_stays(name in ".{0,30}") {
            if let Ok(tidy) = nickname(&name) {
                prop_assert_eq!(nickname(&tidy), Ok(tidy));
            }
        }
    }
}
