//! A snapshot's file name: its seq and its time, such as
//! `000000001041-20270115T080000Z.png`.

use std::fmt;

use place_core::Seq;
use place_core::cooldown::Millis;
use time::{Date, Month, OffsetDateTime, Time};

/// Digits that a seq is padded to, so that names sort by seq in a file
/// manager: a million million pixels.
const SEQ_DIGITS: usize = 12;

/// The last second of the year 9999, beyond which a year has no four digits.
const LATEST_S: i64 = 253_402_300_799;

/// What a snapshot's file name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) seq: Seq,
    /// Whole seconds since the Unix epoch.
    at_s: i64,
}

impl Name {
    pub(super) fn new(seq: Seq, at_ms: Millis) -> Self {
        Self { seq, at_s: i64::try_from(at_ms / 1000).unwrap_or(LATEST_S).min(LATEST_S) }
    }

    pub(super) fn at_ms(self) -> Millis {
        self.at_s.unsigned_abs() * 1000
    }

    fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.at_s).expect("a time before the year 10000")
    }

    /// The time as it stands in a PNG: RFC 3339.
    pub(super) fn rfc3339(self) -> String {
        let at = self.utc();
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second) = at.to_hms();
        let month = u8::from(month);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// Reads a name. Only what [`Name`] itself writes is one: nothing else in
    /// the folder is listed, served or deleted, and no path fits.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (seq, at) = text.strip_suffix("Z.png")?.split_once('-')?;
        let (date, time) = at.split_once('T')?;
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if date.len() != 8 || time.len() != 6 || ![seq, date, time].into_iter().all(all_digits) {
            return None;
        }
        let two = |text: &str, at: usize| text.get(at..at + 2)?.parse::<u8>().ok();
        let month = Month::try_from(two(date, 4)?).ok()?;
        let date = Date::from_calendar_date(date.get(..4)?.parse().ok()?, month, two(date, 6)?);
        let time = Time::from_hms(two(time, 0)?, two(time, 2)?, two(time, 4)?);
        let at_s = date.ok()?.with_time(time.ok()?).assume_utc().unix_timestamp();
        let name = Self { seq: seq.parse().ok()?, at_s };
        (at_s >= 0 && name.to_string() == text).then_some(name)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compact = self.rfc3339().replace(['-', ':'], "");
        write!(out, "{:0SEQ_DIGITS$}-{compact}.png", self.seq)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_tells_seq_and_time() {
        let name = Name::new(1041, 1_800_000_000_999);
        assert_eq!(name.to_string(), "000000001041-20270115T080000Z.png");
        assert_eq!(name.rfc3339(), "2027-01-15T08:00:00Z");
        assert_eq!(name.at_ms(), 1_800_000_000_000);
        assert_eq!(Name::new(1, u64::MAX).rfc3339(), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn nothing_else_is_a_name() {
        for text in [
            "",
            "../000000001041-20270115T080000Z.png",
            "1041-20270115T080000Z.png",
            "000000001041-20270115T080000Z.png.tmp",
            "000000001041-20270230T080000Z.png",
            "000000001041-20270115T246000Z.png",
            "000000001041-19690101T000000Z.png",
            "-20270115T080000Z.png",
            "+00000001041-20270115T080000Z.png",
            "99999999999999999999999-20270115T080000Z.png",
            "000000001041-2027é115T08000Z.png",
        ] {
            assert_eq!(Name::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn names_are_read_as_they_were_written(seq: u64, at_ms in 0u64..300_000_000_000_000) {
            let name = Name::new(seq, at_ms);
            prop_assert_eq!(Name::parse(&name.to_string()), Some(name));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,50}", digits in "[0-9TZ.png-]{0,40}") {
            let _ = (Name::parse(&text), Name::parse(&digits));
        }
    }
}
