//! Codes that people read from a wall and type: no letters that look alike.

/// The letters of codes: without 0/O, 1/I/L, 2/Z, 5/S, 8/B, and without U and V,
/// which hurried hands write alike.
const ALPHABET: &[u8; 23] = b"ACDEFGHJKMNPQRTWXY34679";

/// Letters of a class code: 23⁶ = 148 million.
pub const CODE_LETTERS: usize = 6;

/// Letters of a personal card's code: 23⁹ = 1.8 · 10¹².
pub const CARD_LETTERS: usize = 9;

/// Letters of the key in links and QR codes: 23¹⁸ = 3 · 10²⁴, 81 bits. Nobody
/// guesses it, so that whoever comes by a link needs no throttle.
const LINK_KEY_LETTERS: usize = 18;

/// A new class code.
pub fn new_code() -> String {
    random_letters(CODE_LETTERS)
}

/// A new code of a personal card.
pub fn new_card() -> String {
    random_letters(CARD_LETTERS)
}

/// A new key for links and QR codes.
pub fn new_link_key() -> String {
    random_letters(LINK_KEY_LETTERS)
}

/// A code as people type it, in the form in which it is kept: capital letters,
/// no blanks or hyphens. Anything but letters and digits makes it `None`, and so
/// does a length that no code has.
pub fn tidy_code(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .take(LINK_KEY_LETTERS + 1)
        .flat_map(char::to_uppercase)
        .collect();
    let fits = [CODE_LETTERS, CARD_LETTERS, LINK_KEY_LETTERS].contains(&code.len());
    (fits && code.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(code)
}

/// Letters, each with the same chance: bytes beyond the last whole multiple of
/// the alphabet are thrown away.
fn random_letters(count: usize) -> String {
    let fair = u8::MAX - u8::MAX % ALPHABET.len() as u8;
    let mut letters = String::with_capacity(count);
    while letters.len() < count {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the system gives random numbers");
        let wanted = count - letters.len();
        let usable = bytes.into_iter().filter(|byte| *byte < fair).take(wanted);
        letters.extend(usable.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()])));
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_every_letter_and_no_other() {
        let seen: std::collections::BTreeSet<u8> =
            (0..200).flat_map(|_| new_card().into_bytes()).collect();
        let all: std::collections::BTreeSet<u8> = ALPHABET.iter().copied().collect();
        assert_eq!(seen, all);
        assert_eq!((new_code().len(), new_card().len()), (CODE_LETTERS, CARD_LETTERS));
    }

    #[test]
    fn codes_are_taken_as_people_type_them() {
        let table = [
            ("acd-efg", Some("ACDEFG")),
            (" AC DE FG ", Some("ACDEFG")),
            ("ACD-EFG-HJK", Some("ACDEFGHJK")),
            ("ACDEF", None),
            ("", None),
            ("ACDEF!", None),
            ("ÄCDEFG", None),
        ];
        for (typed, code) in table {
            assert_eq!(tidy_code(typed).as_deref(), code, "{typed:?}");
        }
        assert_eq!(tidy_code(&"A".repeat(100_000)), None);
    }
}
