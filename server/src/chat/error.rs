//! Why a message was not taken.

use place_core::limits::CHAT_MAX_CHARS;

use crate::store::StoreError;

/// Why a message was not taken. Waits are in milliseconds; 0 for one whose end
/// is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// Whoever wrote it has no seat, or is not in yet.
    #[error("Take a seat first.")]
    NoSeat,
    /// The chat is off.
    #[error("The chat is off right now.")]
    Off,
    /// The class's channel is off.
    #[error("Right now you can write to your own team only.")]
    TeamOnly,
    /// The channel is another team's.
    #[error("You can write to the class and to your own team.")]
    Channel,
    /// There is no such channel.
    #[error("There is no such team.")]
    NoSuchTeam,
    /// The teacher does not want this person to write.
    #[error("Your teacher has muted you for now.")]
    Muted(u32),
    /// The slow mode, with its seconds.
    #[error("Slow mode: one message every {1} s.")]
    Slow(u32, u16),
    /// Another message of this person is still on its way to the disk.
    #[error("Your last message is still on its way.")]
    Pending(u32),
    /// Too many messages in a short time.
    #[error("That was a lot at once. Try again in a moment.")]
    Pace(u32),
    /// What it answers is gone, or never was there for this person.
    #[error("The message that you answer is not there any more.")]
    Reply,
    /// It is empty, too long, or holds what can't be shown.
    #[error("A message has 1 to {CHAT_MAX_CHARS} characters.")]
    Text,
    /// It could not be kept.
    #[error("The server can't save right now. Try again in a moment.")]
    Storage,
}

impl ChatError {
    /// The error in a word, for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoSeat => "no_seat",
            Self::Off => "chat_off",
            Self::TeamOnly => "team_only",
            Self::Channel => "channel",
            Self::NoSuchTeam => "no_such_team",
            Self::Muted(_) => "muted",
            Self::Slow(..) => "slow",
            Self::Pending(_) => "pending",
            Self::Pace(_) => "busy",
            Self::Reply => "reply",
            Self::Text => "text",
            Self::Storage => "storage",
        }
    }

    /// Milliseconds until it may be tried again; 0 if that is of no use, or not
    /// known.
    pub const fn wait_ms(&self) -> u32 {
        match self {
            Self::Storage => 5000,
            Self::Muted(wait_ms)
            | Self::Slow(wait_ms, _)
            | Self::Pending(wait_ms)
            | Self::Pace(wait_ms) => *wait_ms,
            _ => 0,
        }
    }

    /// The number in the rule that was broken: seconds between two messages,
    /// characters of one; 0 for a rule without one.
    pub const fn limit(&self) -> u32 {
        match self {
            Self::Slow(_, every_s) => *every_s as u32,
            Self::Text => CHAT_MAX_CHARS as u32,
            _ => 0,
        }
    }
}

impl From<StoreError> for ChatError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a message could not be kept");
        Self::Storage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_a_word_and_a_sentence_of_its_own() {
        let all = [
            ChatError::NoSeat,
            ChatError::Off,
            ChatError::TeamOnly,
            ChatError::Channel,
            ChatError::NoSuchTeam,
            ChatError::Muted(1),
            ChatError::Slow(2, 30),
            ChatError::Pending(3),
            ChatError::Pace(4),
            ChatError::Reply,
            ChatError::Text,
            ChatError::Storage,
        ];
        let words: std::collections::BTreeSet<_> = all.iter().map(ChatError::code).collect();
        assert_eq!(words.len(), all.len());
        assert!(all.iter().all(|error| error.to_string().ends_with('.')));
        let numbers: Vec<_> = all.iter().map(|error| (error.wait_ms(), error.limit())).collect();
        let expected = [(0, 0); 5].into_iter().chain([(1, 0), (2, 30), (3, 0), (4, 0)]);
        let expected = expected.chain([(0, 0), (0, 200), (5000, 0)]);
        assert_eq!(numbers, expected.collect::<Vec<_>>());
    }
}
