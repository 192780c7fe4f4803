//! Text messages, and whole connections.

use place_core::cooldown::Cooldown;
use place_core::session::{Session, Step};
use place_core::wire::text::{ClientText, ServerText};

use crate::input::bounded;

/// A text that can be read is read the same after being written.
pub fn messages(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    bounded(bytes.len(), 4096, 64, || {
        if let Ok(read) = serde_json::from_str::<ClientText>(text) {
            let written = serde_json::to_string(&read).expect("it can be written");
            assert_eq!(serde_json::from_str::<ClientText>(&written).ok(), Some(read));
        }
        if let Ok(read) = serde_json::from_str::<ServerText>(text) {
            let again = serde_json::from_str::<ServerText>(&read.to_json());
            assert_eq!(again.ok(), Some(read));
        }
    });
}

/// Messages of one connection, of either kind, at any time: a flood is
/// refused, and garbage ends it.
pub fn session(bytes: &[u8]) {
    let Some((seat, mut rest)) = bytes.split_first() else { return };
    let ceiling = Cooldown { interval_ms: 5, saved_max: 10 };
    let mut session = Session::new((seat % 2 == 1).then_some(u32::from(*seat)), ceiling);
    let mut now = 0;
    let mut waiting = 0u32;
    while let [kind, length, tail @ ..] = rest {
        let (message, tail) = tail.split_at(usize::from(*length).min(tail.len()));
        rest = tail;
        now += u64::from(kind >> 2);
        let step = match (kind & 3, std::str::from_utf8(message)) {
            (0, Ok(text)) => session.text(text, now),
            (1, _) if waiting > 0 => {
                session.answered();
                waiting -= 1;
                continue;
            }
            _ => session.binary(message, now),
        };
        match step {
            Step::Propose(..) | Step::Undo(..) => waiting += 1,
            Step::Close(code, reason) => {
                assert!((1000..5000).contains(&code) && reason.len() <= 123);
                return;
            }
            Step::Refuse(..) | Step::Chat(..) | Step::Watch(_) | Step::Say(_) => {}
        }
        assert_eq!(session.is_waiting(), waiting > 0);
    }
}
