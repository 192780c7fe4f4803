//! What people write to each other: taken from one, kept, and handed on to the
//! others.

mod error;
mod mentions;
mod pace;

use std::sync::Arc;

use parking_lot::Mutex;
use place_core::cooldown::Millis;
use place_core::limits::CHAT_MAX_CHARS;
use place_core::session::Remark;
use place_core::wire::lesson::{ChatMessage, ChatMode, Role};
use place_core::wire::text::ServerText;
use place_core::{SeatNumber, TeacherNumber, TeamNumber};

pub use error::ChatError;

use crate::classroom::{DeskPart, filter};
use crate::clock;
use crate::sequencer::{Audience, LiveCanvas};
use crate::store::{MessageRecord, Note, SeatRecord, SeatState, Store, StoreError};
use mentions::mentions;
use pace::{Paces, RECALLED_MS, Wait, Writer};

/// Who writes or reads.
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
    paces: Mutex<Paces>,
}

impl std::fmt::Debug for Chat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chat").finish_non_exhaustive()
    }
}

impl Chat {
    /// Keeps messages in a store.
    pub fn new(store: Store) -> Self {
        Self { store, paces: Mutex::default() }
    }

    /// Keeps what somebody wrote, and hands it on. Gives its number.
    pub async fn say(
        &self,
        live: &Arc<LiveCanvas>,
        author: Author,
        remark: Remark,
    ) -> Result<i64, ChatError> {
        let now = clock::wall_ms();
        let text = tidy(&remark.text).ok_or(ChatError::Text)?;
        let seat = author.seat.unwrap_or(0);
        let team = live.state.read().seat(seat).standing().team;
        self.check(live, author, remark.channel, team, now)?;
        if let Some(id) = remark.reply_to {
            self.readable(live, author, id)?.ok_or(ChatError::Reply)?;
        }
        let settings = live.classroom.settings();
        self.keep_pace(live, author, settings.slow_s)?;
        let text = filter::covered(&text, &settings.words);
        let message = MessageRecord {
            id: 0,
            channel: remark.channel,
            seat,
            teacher: author.teacher,
            team,
            at_ms: now,
            mentions: self.mentioned(live, remark.channel, &text)?,
            text,
            reply_to: remark.reply_to,
            deleted_ms: None,
        };
        // Before it is kept: what was kept is handed on, whatever happens.
        let mut shown = view(&self.store, live, message.clone())?;
        let id = self.store.add_message(live.number, message).await?;
        shown.id = id;
        if author.seat.is_some() {
            live.classroom.activity.lock().heard(seat, clock::monotonic_ms());
        }
        live.say(readers(shown.channel), &ServerText::Chat { message: shown });
        Ok(id)
    }

    /// The last messages before one that somebody may read, oldest first.
    pub fn history(
        &self,
        live: &LiveCanvas,
        author: Author,
        before: Option<i64>,
        most: u32,
    ) -> Result<Vec<ChatMessage>, StoreError> {
        let team = live.state.read().seat(author.seat.unwrap_or(0)).standing().team;
        let own = [0, team];
        let channels = match (author.teacher, team) {
            (Some(_), _) => None,
            (None, 0) => Some(&own[..1]),
            (None, _) => Some(&own[..]),
        };
        let messages = self.store.messages(live.number, channels, before, most)?;
        messages.into_iter().map(|message| view(&self.store, live, message)).collect()
    }

    /// Takes away what a message said, for everybody; whether there is one.
    pub async fn delete(
        &self,
        live: &LiveCanvas,
        id: i64,
        teacher: TeacherNumber,
    ) -> Result<bool, StoreError> {
        let note = Note::by(teacher, clock::wall_ms(), "chat_deleted");
        let found = self.store.delete_message(live.number, id, note).await?;
        if let Some(message) = &found {
            live.say(readers(message.channel), &ServerText::ChatDeleted { id });
            live.classroom.note_desk(DeskPart::Reports);
        }
        Ok(found.is_some())
    }

    /// Gives a deleted message back what it said, for everybody; whether there is
    /// one whose text is still known.
    pub async fn restore(
        &self,
        live: &LiveCanvas,
        id: i64,
        teacher: TeacherNumber,
    ) -> Result<bool, StoreError> {
        let note = Note::by(teacher, clock::wall_ms(), "chat_restored");
        let found = self.store.restore_message(live.number, id, note).await?;
        let Some(message) = found else { return Ok(false) };
        let readers = readers(message.channel);
        let message = view(&self.store, live, message)?;
        live.say(readers, &ServerText::ChatChanged { message });
        Ok(true)
    }

    /// Tells the teachers that somebody finds a message bad; whether there is one
    /// that this person can read.
    pub async fn report(
        &self,
        live: &LiveCanvas,
        seat: SeatNumber,
        id: i64,
    ) -> Result<bool, StoreError> {
        let author = Author { seat: Some(seat), teacher: None };
        let found = self.readable(live, author, id)?;
        if found.is_none() {
            return Ok(false);
        }
        self.store.report_message(live.number, id, seat, clock::wall_ms()).await?;
        live.classroom.note_desk(DeskPart::Reports);
        Ok(true)
    }

    /// Notes that a teacher has looked at a report; whether there was one.
    pub async fn finish_report(
        &self,
        live: &LiveCanvas,
        report: i64,
        note: Note,
    ) -> Result<bool, StoreError> {
        let is_known = self.store.finish_report(live.number, report, note).await?;
        live.classroom.note_desk(DeskPart::Reports);
        Ok(is_known)
    }

    /// Whether somebody may write to a channel now.
    fn check(
        &self,
        live: &LiveCanvas,
        author: Author,
        channel: TeamNumber,
        team: TeamNumber,
        now: Millis,
    ) -> Result<(), ChatError> {
        let is_channel =
            channel == 0 || live.classroom.teams().iter().any(|team| team.number == channel);
        if author.teacher.is_some() {
            return if is_channel { Ok(()) } else { Err(ChatError::NoSuchTeam) };
        }
        let number = author.seat.ok_or(ChatError::NoSeat)?;
        let seat = self.store.seat(live.number, number)?.filter(is_in).ok_or(ChatError::NoSeat)?;
        allows(live.classroom.settings().chat, channel, team)?;
        match seat.muted_until_ms.checked_sub(now) {
            Some(left) if left > 0 => Err(ChatError::Muted(wait_ms(left))),
            _ => Ok(()),
        }
    }

    fn keep_pace(&self, live: &LiveCanvas, author: Author, slow_s: u16) -> Result<(), ChatError> {
        let writer = match (author.teacher, author.seat) {
            (Some(teacher), _) => Writer::Teacher(live.number, teacher),
            (None, seat) => Writer::Seat(live.number, seat.unwrap_or(0)),
        };
        self.recall(writer)?;
        let taken = self.paces.lock().take(writer, slow_s, clock::monotonic_ms());
        taken.map_err(|wait| match wait {
            Wait::Pace(wait_ms) => ChatError::Pace(wait_ms),
            Wait::Slow(wait_ms) => ChatError::Slow(wait_ms, slow_s),
        })
    }

    /// Has what a student wrote before this server began count, once: waits
    /// outlive a restart, and nothing is written for them.
    fn recall(&self, writer: Writer) -> Result<(), ChatError> {
        let Writer::Seat(canvas, seat) = writer else { return Ok(()) };
        if self.paces.lock().knows(writer) {
            return Ok(());
        }
        let now = clock::wall_ms();
        let written = self.store.written_since(canvas, seat, now.saturating_sub(RECALLED_MS))?;
        let ages = written.iter().map(|at| now.saturating_sub(*at));
        self.paces.lock().recall(writer, ages, clock::monotonic_ms());
        Ok(())
    }

    /// A message that somebody can read and that was not deleted.
    fn readable(
        &self,
        live: &LiveCanvas,
        author: Author,
        id: i64,
    ) -> Result<Option<MessageRecord>, StoreError> {
        let team = live.state.read().seat(author.seat.unwrap_or(0)).standing().team;
        let found = self.store.message(live.number, id)?;
        Ok(found.filter(|message| {
            let is_theirs = message.channel == 0 || message.channel == team;
            message.deleted_ms.is_none() && (is_theirs || author.teacher.is_some())
        }))
    }

    /// Those whom a text mentions and who can read it.
    fn mentioned(
        &self,
        live: &LiveCanvas,
        channel: TeamNumber,
        text: &str,
    ) -> Result<Vec<SeatNumber>, StoreError> {
        if !text.contains('@') {
            return Ok(Vec::new());
        }
        let people = self.store.nicknames(live.number)?;
        let mut seats = mentions(text, &people);
        let state = live.state.read();
        seats.retain(|seat| channel == 0 || state.seat(*seat).standing().team == channel);
        Ok(seats)
    }
}

/// A message as people see it.
pub fn view(
    store: &Store,
    live: &LiveCanvas,
    message: MessageRecord,
) -> Result<ChatMessage, StoreError> {
    let (nickname, role) = match (message.teacher, message.seat) {
        (Some(teacher), _) => (store.teacher(teacher)?.map(|teacher| teacher.name), Role::Teacher),
        (None, seat) => match store.seat(live.number, seat)? {
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

/// Those who read a channel.
pub fn readers(channel: TeamNumber) -> Audience {
    match channel {
        0 => Audience::Seated,
        team => Audience::Team(team),
    }
}

fn is_in(seat: &SeatRecord) -> bool {
    seat.state == SeatState::Here
}

/// A wait for people; 0 for one without an end in sight.
fn wait_ms(left: Millis) -> u32 {
    u32::try_from(left).unwrap_or(0)
}

fn allows(mode: ChatMode, channel: TeamNumber, team: TeamNumber) -> Result<(), ChatError> {
    match (mode, channel) {
        (ChatMode::Off, _) => Err(ChatError::Off),
        (ChatMode::On, 0) => Ok(()),
        (_, channel) if channel != 0 && channel == team => Ok(()),
        (ChatMode::Team, 0) => Err(ChatError::TeamOnly),
        _ => Err(ChatError::Channel),
    }
}

/// A message without surrounding or repeated blanks, and without what turns the
/// text around it about, if it is one.
fn tidy(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|letter| !turns_about(*letter)).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=CHAT_MAX_CHARS).contains(&text.chars().count());
    (fits && !text.chars().any(char::is_control)).then_some(text)
}

/// Unicode's controls of the direction of what comes after them, and a blank
/// without width. What joins letters stays: scripts and emoji need it.
fn turns_about(letter: char) -> bool {
    matches!(letter, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_tidied_and_bounded() {
        let long = "ä".repeat(CHAT_MAX_CHARS);
        let table = [
            ("  hello   you \n there ", Some("hello you there")),
            ("", None),
            (" \u{200b} \u{202e}", None),
            ("a\u{202e}b", Some("ab")),
            ("a\u{7}b", None),
            ("👩‍👧 می‌خواهم", Some("👩‍👧 می‌خواهم")),
            (&long, Some(&long)),
        ];
        for (text, expected) in table {
            assert_eq!(tidy(text).as_deref(), expected, "{text:?}");
        }
        assert_eq!(tidy(&(long.clone() + "ä")), None);
    }

    #[test]
    fn modes_say_where_students_write() {
        use ChatError::{Channel, Off, TeamOnly};
        use ChatMode::{On, Team};
        let table = [
            (On, 0, 0, None),
            (On, 0, 3, None),
            (On, 3, 3, None),
            (On, 2, 3, Some(Channel)),
            (On, 2, 0, Some(Channel)),
            (Team, 0, 3, Some(TeamOnly)),
            (Team, 0, 0, Some(TeamOnly)),
            (Team, 3, 3, None),
            (Team, 2, 3, Some(Channel)),
            (ChatMode::Off, 0, 0, Some(Off)),
            (ChatMode::Off, 3, 3, Some(Off)),
        ];
        for (mode, channel, team, refused) in table {
            assert_eq!(allows(mode, channel, team).err(), refused, "{mode:?} {channel} {team}");
        }
    }
}
