//! Which frames are due when: taken down from what one server sent, so that
//! another sends the same.

use std::fmt::Write;
use std::time::Duration;

/// Most frames of a script: a minute of the quickest feed.
const FRAMES_MAX: usize = 10_000;

/// Largest frame, in bytes with its header.
const FRAME_MAX_BYTES: usize = 1 << 20;

/// Bytes of a frame's header, by its payload's length.
const SHORT_HEADER: usize = 2;
const LONG_HEADER: usize = 4;

/// Longest frame with the short header.
const SHORT_FRAME_MAX: usize = 125 + SHORT_HEADER;

/// One frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// From the start of the script.
    pub(crate) after: Duration,
    /// Its payload.
    pub(crate) payload_bytes: usize,
}

/// Frames in the order in which they are due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Script(pub(crate) Vec<Due>);

impl Script {
    /// From frames as they came: nanoseconds from the start, and their length
    /// with the WebSocket header.
    pub(crate) fn heard(frames: &[(u64, usize)]) -> Self {
        let due = |(at_ns, frame_bytes): &(u64, usize)| Due {
            after: Duration::from_micros(at_ns / 1000),
            payload_bytes: frame_bytes
                - if *frame_bytes <= SHORT_FRAME_MAX { SHORT_HEADER } else { LONG_HEADER },
        };
        Self(frames.iter().take(FRAMES_MAX).map(due).collect())
    }

    /// A line for the process that plays it.
    pub(crate) fn line(&self) -> String {
        let mut line = String::new();
        for Due { after, payload_bytes } in &self.0 {
            // Writing to a string can't fail.
            let _ = write!(line, "{}:{payload_bytes} ", after.as_micros());
        }
        line.push('\n');
        line
    }

    /// Reads a line; what makes no sense is left out.
    pub(crate) fn parse(line: &str) -> Self {
        let due = |entry: &str| {
            let (after_us, payload_bytes) = entry.split_once(':')?;
            Some(Due {
                after: Duration::from_micros(after_us.parse().ok()?),
                payload_bytes: payload_bytes.parse::<usize>().ok()?.min(FRAME_MAX_BYTES),
            })
        };
        Self(line.split_whitespace().filter_map(due).take(FRAMES_MAX).collect())
    }

    /// The mean payload of the frames due in a part of it, in bytes.
    pub(crate) fn mean_payload_bytes(&self, from: Duration, to: Duration) -> u64 {
        let within = self.0.iter().filter(|due| due.after >= from && due.after < to);
        let (count, sum) =
            within.fold((0, 0), |(count, sum), due| (count + 1, sum + due.payload_bytes as u64));
        sum.checked_div(count).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_is_told_and_read_the_same() {
        let heard = Script::heard(&[(1_500_000, 12), (33_000_999, 260), (34_000_000, 2052)]);
        let payloads: Vec<_> = heard.0.iter().map(|due| due.payload_bytes).collect();
        assert_eq!(payloads, [10, 256, 2048]);
        assert_eq!(heard.line(), "1500:10 33000:256 34000:2048 \n");
        assert_eq!(Script::parse(&heard.line()), heard);
        assert_eq!(Script::parse("\n"), Script::default());
        assert_eq!(Script::parse("x 1 2:y 5:6"), Script::parse("5:6"));
        let ms = Duration::from_millis;
        assert_eq!(heard.mean_payload_bytes(ms(2), ms(34)), 256);
        assert_eq!(heard.mean_payload_bytes(ms(40), ms(50)), 0);
    }
}
