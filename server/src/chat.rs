//! What people write to each other: taken from one, kept, and handed on to the
//! others.

use std::sync::Arc;

use place_core::limits::CHAT_MAX_CHARS;
use place_core::session::Remark;
use place_core::wire::lesson::{ChatMessage, ChatMode, Role};
use place_core::wire::text::ServerText;
use place_core::{SeatNumber, TeacherNumber, TeamNumber};

use crate::clock;
use crate::sequencer::{Audience, LiveCanvas};
use crate::store::{MessageRecord, Store, StoreError};

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// Whoever wrote it has no seat.
    #[error("Take a seat first.")]
    NoSeat,
    /// The chat is off.
    #[error("The chat is off right now.")]
    Off,
    /// The channel is another team's, or the class's while that is off.
    #[error("You can write to your own team.")]
    Channel,
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
            Self::Channel => "channel",
            Self::Text => "text",
            Self::Storage => "storage",
        }
    }

    /// Milliseconds until it may be tried again; 0 if that is of no use.
    pub const fn wait_ms(&self) -> u32 {
        match self {
            Self::Storage => 5000,
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

/// Who writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// The seat, if there is one.
    pub seat: Option<SeatNumber>,
    /// The teacher, if it is one of the canvas's.
    pub teacher: Option<TeacherNumber>,
}

/// Hands messages on.
pub struct Chat {
    store: Store,
}

impl std::fmt::Debug for Chat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chat").finish_non_exhaustive()
    }
}

impl Chat {
    /// Keeps messages in a store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps what somebody wrote, and hands it on. Gives its number.
    pub async fn say(
        &self,
        live: &Arc<LiveCanvas>,
        author: Author,
        remark: Remark,
    ) -> Result<i64, ChatError> {
        let text = tidy(&remark.text).ok_or(ChatError::Text)?;
        let seat = author.seat.unwrap_or(0);
        let team = live.state.read().seat(seat).standing().team;
        if author.teacher.is_none() {
            if author.seat.is_none() {
                return Err(ChatError::NoSeat);
            }
            allows(live.classroom.settings().chat, remark.channel, team)?;
        }
        let mut message = MessageRecord {
            id: 0,
            channel: remark.channel,
            seat,
            teacher: author.teacher,
            team,
            at_ms: clock::wall_ms(),
            text,
            reply_to: remark.reply_to,
            mentions: Vec::new(),
            deleted_ms: None,
        };
        message.id = self.store.add_message(live.number, message.clone()).await?;
        let id = message.id;
        let audience = match message.channel {
            0 => Audience::Seated,
            team => Audience::Team(team),
        };
        let message = self.view(live, message)?;
        live.say(audience, &ServerText::Chat { message });
        Ok(id)
    }

    /// A message as people see it.
    pub fn view(
        &self,
        live: &LiveCanvas,
        message: MessageRecord,
    ) -> Result<ChatMessage, StoreError> {
        let (nickname, role) = match (message.teacher, message.seat) {
            (Some(teacher), _) => {
                (self.store.teacher(teacher)?.map(|teacher| teacher.name), Role::Teacher)
            }
            (None, seat) => match self.store.seat(live.number, seat)? {
                Some(seat) => {
                    let role = seat.role.into();
                    (Some(seat.nickname).filter(|name| !name.is_empty()), role)
                }
                None => (None, Role::Student),
            },
        };
        Ok(ChatMessage {
            id: message.id,
            channel: message.channel,
            seat: message.seat,
            nickname,
            role,
            team: message.team,
            at_ms: message.at_ms,
            text: message.text,
            reply_to: message.reply_to,
            mentions: message.mentions,
            is_deleted: message.deleted_ms.is_some(),
        })
    }
}

fn allows(mode: ChatMode, channel: TeamNumber, team: TeamNumber) -> Result<(), ChatError> {
    match (mode, channel) {
        (ChatMode::Off, _) => Err(ChatError::Off),
        (ChatMode::On, 0) => Ok(()),
        (_, channel) if channel != 0 && channel == team => Ok(()),
        _ => Err(ChatError::Channel),
    }
}

/// A message without surrounding or repeated blanks, if it is one.
fn tidy(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=CHAT_MAX_CHARS).contains(&text.chars().count());
    (fits && !text.chars().any(char::is_control)).then_some(text)
}
