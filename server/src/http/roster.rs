//! Lists of names, as teachers have them: one a line, or a table with teams.

use std::collections::{BTreeMap, BTreeSet};

use place_core::TeamNumber;
use place_core::wire::lesson::TeamInfo;
use serde::Deserialize;

use crate::store::{nickname, nickname_key};

/// Most people in one request: a large school's year. More are sent in parts.
pub(super) const ROSTER_MAX: usize = 1000;

/// Largest JSON body of a request with a list, in bytes: [`ROSTER_MAX`] lines,
/// each a name and a team of 24 characters of four bytes and what stands between.
pub(super) const ROSTER_MAX_BYTES: usize = 256 * 1024;

/// What is sent: names, or the text of a table.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Roster {
    /// One name each.
    Names(Vec<String>),
    /// Lines of `name` or `name,team`, with or without a first line that says
    /// so.
    Csv(String),
}

/// One person of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where it stands, from 1 on.
    pub line: u64,
    /// What the person is called.
    pub name: String,
    /// The team; 0 for none.
    pub team: TeamNumber,
}

impl Roster {
    /// The people of the list, or the first line that can't be used and why.
    pub(super) fn read(&self, teams: &[TeamInfo]) -> Result<Vec<Entry>, String> {
        let rows = match self {
            Self::Names(names) => {
                (1..).zip(names).map(|(line, name)| (line, name.clone(), String::new())).collect()
            }
            Self::Csv(text) => table(text)?,
        };
        if rows.is_empty() {
            return Err("the list is empty".to_owned());
        }
        if rows.len() > ROSTER_MAX {
            return Err(format!("a list has up to {ROSTER_MAX} names; send the rest afterwards"));
        }
        let teams: BTreeMap<_, _> =
            teams.iter().map(|team| (nickname_key(&team.name), team.number)).collect();
        let mut seen = BTreeSet::new();
        let mut entry = |(line, name, team): (u64, String, String)| {
            let name = nickname(&name).map_err(|error| format!("line {line}: {error}"))?;
            if !seen.insert(nickname_key(&name)) {
                return Err(format!("line {line}: “{name}” is on the list twice"));
            }
            let key = nickname_key(&team);
            let unknown = || {
                let team: String = team.chars().take(40).collect();
                format!("line {line}: there is no team called “{team}”")
            };
            let team = if key.is_empty() { 0 } else { *teams.get(&key).ok_or_else(unknown)? };
            Ok(Entry { line, name, team })
        };
        rows.into_iter().map(&mut entry).collect()
    }
}

/// The lines of a table: where each stands, its name and its team.
fn table(text: &str) -> Result<Vec<(u64, String, String)>, String> {
    // What spreadsheets put in front to say that it is Unicode.
    let text = text.trim_start_matches('\u{feff}');
    let semicolons = text.lines().next().is_some_and(|line| line.contains(';'));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(if semicolons { b';' } else { b',' })
        .from_reader(text.as_bytes());
    let (mut rows, mut lines) = (Vec::new(), Lines { text, at: 0, line: 1 });
    for record in reader.records() {
        let record = record.map_err(|_| "it can't be read as a table".to_owned())?;
        let line = lines.of(record.position().map_or(0, csv::Position::byte) as usize);
        let field = |at| record.get(at).unwrap_or_default().to_owned();
        if record.iter().all(str::is_empty) || (rows.is_empty() && is_header(&record)) {
            continue;
        }
        if record.iter().skip(2).any(|field| !field.is_empty()) {
            return Err(format!("line {line}: there are more columns than name and team"));
        }
        rows.push((line, field(0), field(1)));
        if rows.len() > ROSTER_MAX {
            break;
        }
    }
    Ok(rows)
}

/// Counts the lines of a text, from place to place.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first thing to be read from a place on, which is not
    /// before the last one asked for. The reader of tables begins a row where
    /// the one before ends: at the end of that line, and empty ones after it.
    fn of(&mut self, start: usize) -> u64 {
        let bytes = self.text.as_bytes();
        let is_blank = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let blank = bytes[start..].iter().take_while(|byte| is_blank(byte)).count();
        let end = start + blank;
        self.line += self.text[self.at..end].matches('\n').count() as u64;
        self.at = end;
        self.line
    }
}

/// Whether a line says what stands in the columns.
fn is_header(record: &csv::StringRecord) -> bool {
    let is = |at, words: &[&str]| {
        record.get(at).is_some_and(|field| words.contains(&field.to_lowercase().as_str()))
    };
    is(0, &["name", "names", "nickname", "student"])
        && (record.len() < 2 || is(1, &["team", "group", ""]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn teams() -> Vec<TeamInfo> {
        let team = |number, name: &str| TeamInfo {
            number,
            name: name.to_owned(),
            color: "#000000".to_owned(),
            region: None,
            is_confined: false,
        };
        vec![team(1, "Red"), team(2, "Blue Team")]
    }

    fn read(csv: &str) -> Result<Vec<(u64, String, TeamNumber)>, String> {
        let entries = Roster::Csv(csv.to_owned()).read(&teams())?;
        Ok(entries.into_iter().map(|entry| (entry.line, entry.name, entry.team)).collect())
    }

    #[test]
    fn tables_are_read_as_they_come() {
        let row = |line, name: &str, team| (line, name.to_owned(), team);
        assert_eq!(read("Ada\nBob\n"), Ok(vec![row(1, "Ada", 0), row(2, "Bob", 0)]));
        let with_header = "\u{feff}Name,Team\r\n Ada , red \r\n\r\n\"Bob, the 2nd\",BLUE TEAM\r\n";
        let expected = Ok(vec![row(2, "Ada", 1), row(4, "Bob, the 2nd", 2)]);
        assert_eq!(read(with_header), expected);
        assert_eq!(read("name;team\nAda;Red"), Ok(vec![row(2, "Ada", 1)]));
        assert_eq!(read("Ada,\nBob,,"), Ok(vec![row(1, "Ada", 0), row(2, "Bob", 0)]));
    }

    #[test]
    fn the_first_line_that_can_not_be_used_is_named() {
        for (text, part) in [
            ("", "empty"),
            ("name,team\n", "empty"),
            ("Ada\nADA", "line 2: “ADA” is on the list twice"),
            ("Ada,Green", "line 1: there is no team called “Green”"),
            ("Ada\n\u{202e}Bob", "line 2: a nickname has"),
            ("Ada,Red,5b", "line 1: there are more columns"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text:?}: {error}");
        }
        let many = |count| Roster::Names((0..count).map(|n| format!("Pupil {n}")).collect());
        assert_eq!(many(ROSTER_MAX).read(&[]).map(|all| all.len()), Ok(ROSTER_MAX));
        assert!(many(ROSTER_MAX + 1).read(&[]).is_err());
        let lines = "x\n".repeat(200_000);
        assert!(read(&lines).is_err());
    }
}
