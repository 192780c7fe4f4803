//! Who is meant by `@name`.

use place_core::SeatNumber;

/// Most people that one message mentions; the others are only named.
const MENTIONS_MAX: usize = 10;

/// The seats that a text mentions, each once, in the order of the text: of the
/// names that stand behind an `@`, the longest counts. Capital letters do not
/// matter.
pub(super) fn mentions(text: &str, people: &[(SeatNumber, String)]) -> Vec<SeatNumber> {
    let people: Vec<(SeatNumber, String)> =
        people.iter().map(|(seat, name)| (*seat, name.to_lowercase())).collect();
    let text = text.to_lowercase();
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        if let Some(seat) = named(&text[at + 1..], &people)
            && !found.contains(&seat)
            && found.len() < MENTIONS_MAX
        {
            found.push(seat);
        }
    }
    found
}

/// Whose name a text begins with.
fn named(text: &str, people: &[(SeatNumber, String)]) -> Option<SeatNumber> {
    let is_named = |(_, name): &&(SeatNumber, String)| {
        let rest = text.strip_prefix(name.as_str());
        let goes_on = |rest: &str| rest.chars().next().is_some_and(char::is_alphanumeric);
        !name.is_empty() && rest.is_some_and(|rest| !goes_on(rest))
    };
    people.iter().filter(is_named).max_by_key(|(_, name)| name.len()).map(|(seat, _)| *seat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_counts() {
        let people: Vec<_> = ["Ada", "Ada L.", "Zoë", "小明", "", "Bo"]
            .iter()
            .zip(1..)
            .map(|(name, seat)| (seat, (*name).to_owned()))
            .collect();
        let table: [(&str, &[SeatNumber]); 9] = [
            ("@Ada hello", &[1]),
            ("hello @ADA L., and @zoË!", &[2, 3]),
            ("@Ada Lovelace", &[1]),
            ("@Adam @Bob", &[]),
            ("@小明 你好", &[4]),
            ("mail me at ada@bo.example", &[6]),
            ("@Ada @ada @Ada", &[1]),
            ("@ @@ @", &[]),
            ("nobody is meant, Ada", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(mentions(text, &people), expected, "{text}");
        }
    }

    #[test]
    fn who_calls_everybody_calls_ten() {
        let people: Vec<_> = (1..=30).map(|seat| (seat, format!("p{seat}"))).collect();
        let text = people.iter().map(|(_, name)| format!("@{name}")).collect::<Vec<_>>().join(" ");
        assert_eq!(mentions(&text, &people), (1..=10).collect::<Vec<_>>());
    }
}
