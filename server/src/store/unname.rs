//! Takes people's names out of a text.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What stands in place of a name.
const BLANK: &str = "…";

/// From this letter on, scripts put no blanks between words, so that a name may
/// stand anywhere.
const WITHOUT_BLANKS: char = '\u{2e80}';

/// Some people's names.
pub(super) struct Names(Vec<Vec<char>>);

impl Names {
    /// Names to be found, whatever their capital letters and however encoded.
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut names: Vec<_> = names.map(folded).filter(|name| !name.is_empty()).collect();
        // Of "Ada" and "Ada L." the longer one counts.
        names.sort_unstable_by_key(|name| std::cmp::Reverse(name.len()));
        Self(names)
    }

    /// A text without the names that stand in it as words of their own; `None`
    /// if there are none.
    pub(super) fn erased_from(&self, text: &str) -> Option<String> {
        let mut letters = Vec::with_capacity(text.len());
        for (at, letter) in text.char_indices() {
            fold(letter, |part| letters.push((part, at)));
        }
        let mut found = Vec::new();
        let mut at = 0;
        while at < letters.len() {
            match self.named(&letters, at) {
                Some(length) => {
                    let end = letters.get(at + length).map_or(text.len(), |(_, byte)| *byte);
                    found.push((letters[at].1, end));
                    at += length;
                }
                None => at += 1,
            }
        }
        if found.is_empty() {
            return None;
        }
        let (mut without, mut kept) = (String::with_capacity(text.len()), 0);
        for (start, end) in found {
            without.push_str(&text[kept..start]);
            without.push_str(BLANK);
            kept = end;
        }
        without.push_str(&text[kept..]);
        Some(without)
    }

    /// The length of the name that stands at a place.
    fn named(&self, letters: &[(char, usize)], at: usize) -> Option<usize> {
        let is_name = |name: &&Vec<char>| {
            let rest = &letters[at..];
            rest.len() >= name.len()
                && name.iter().zip(rest).all(|(one, (other, _))| one == other)
                && (at == 0 || !is_one_word(letters[at - 1].0, name[0]))
                && rest.get(name.len()).is_none_or(|(next, _)| {
                    !is_combining_mark(*next) && !is_one_word(name[name.len() - 1], *next)
                })
        };
        self.0.iter().find(is_name).map(Vec::len)
    }
}

/// Whether two letters beside each other belong to one word.
fn is_one_word(one: char, other: char) -> bool {
    let is_of_word = |letter: char| {
        (letter.is_alphanumeric() || is_combining_mark(letter)) && letter < WITHOUT_BLANKS
    };
    is_of_word(one) && is_of_word(other)
}

fn folded(text: &str) -> Vec<char> {
    let mut letters = Vec::new();
    text.chars().for_each(|letter| fold(letter, |part| letters.push(part)));
    letters
}

/// What a letter is compared by.
fn fold(letter: char, mut with: impl FnMut(char)) {
    if letter.is_ascii() {
        with(letter.to_ascii_lowercase());
    } else {
        let upper = std::iter::once(letter).nfkd().flat_map(char::to_uppercase);
        upper.flat_map(char::to_lowercase).nfkd().for_each(with);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_and_other_words_stay() {
        let names = Names::new(["Ada", "Ada L.", "Zoë", "小明", "", "Strauß", "i"].into_iter());
        let table = [
            ("@Ada look", Some("@… look")),
            ("ADA, adam and @ada l. came", Some("…, adam and @… came")),
            ("Zoe\u{308} and ZOË, not Zoe", Some("… and …, not Zoe")),
            ("小明你好", Some("…你好")),
            ("herr STRAUSS", Some("herr …")),
            ("Adas hat, nevada, ada2", None),
            ("in it", None),
            ("", None),
            ("Ada", Some("…")),
            ("é Ada é", Some("é … é")),
        ];
        for (text, expected) in table {
            assert_eq!(names.erased_from(text).as_deref(), expected, "{text}");
        }
        assert_eq!(Names::new([""].into_iter()).erased_from("anything"), None);
    }
}
