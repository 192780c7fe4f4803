//! What teachers, and the owner of the server, say to everybody.

use std::ops::RangeInclusive;

use place_core::TeacherNumber;
use place_core::cooldown::Millis;
use place_core::limits::ANNOUNCEMENT_MAX_CHARS;
use place_core::wire::lesson::Announcement;
use place_core::wire::text::ServerText;

use super::LessonError;
use crate::canvases::Canvases;
use crate::classroom::DeskPart;
use crate::clock;
use crate::sequencer::{Audience, LiveCanvas};
use crate::store::{AnnouncementRecord, Note, Store, StoreError};

/// How long an announcement is shown, in minutes: a school morning at most.
pub const ANNOUNCEMENT_MINUTES: RangeInclusive<u32> = 1..=240;

const MINUTE_MS: Millis = 60_000;

/// Announces something to everybody of a canvas, for some minutes. `teacher` is
/// 0 for the owner of the server.
pub async fn announce(
    store: &Store,
    live: &LiveCanvas,
    teacher: TeacherNumber,
    text: &str,
    minutes: u32,
) -> Result<Announcement, LessonError> {
    let mut said = checked(teacher, text, minutes)?;
    let note = Note::by(teacher, said.at_ms, "announce");
    said.id = store.announce(Some(live.number), said.clone(), note).await?;
    let announcement = shown(store, said)?;
    put_up(live, announcement.clone());
    Ok(announcement)
}

/// The same on every canvas, for the server itself.
pub async fn announce_everywhere(
    store: &Store,
    canvases: &Canvases,
    text: &str,
    minutes: u32,
) -> Result<Announcement, LessonError> {
    let mut said = checked(0, text, minutes)?;
    let note = Note::by(0, said.at_ms, "announce");
    said.id = store.announce(None, said.clone(), note).await?;
    let announcement = shown(store, said)?;
    for live in canvases.all() {
        put_up(&live, announcement.clone());
    }
    Ok(announcement)
}

/// Ends an announcement of a canvas before its time; whether there was one.
pub async fn withdraw(
    store: &Store,
    live: &LiveCanvas,
    teacher: TeacherNumber,
    id: i64,
) -> Result<bool, StoreError> {
    let note = Note::by(teacher, clock::wall_ms(), "announcement_over");
    let is_known = store.end_announcement(live.number, id, note).await?;
    if is_known {
        live.classroom.withdraw(id);
        take_down(live, id);
    }
    Ok(is_known)
}

fn put_up(live: &LiveCanvas, announcement: Announcement) {
    for ended in live.classroom.announce(announcement.clone()) {
        take_down(live, ended);
    }
    live.say(Audience::Everyone, &ServerText::Announcement { announcement });
    live.classroom.note_desk(DeskPart::Settings);
}

fn take_down(live: &LiveCanvas, id: i64) {
    live.say(Audience::Everyone, &ServerText::AnnouncementOver { id });
    live.classroom.note_desk(DeskPart::Settings);
}

fn checked(
    teacher: TeacherNumber,
    text: &str,
    minutes: u32,
) -> Result<AnnouncementRecord, LessonError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=ANNOUNCEMENT_MAX_CHARS).contains(&text.chars().count());
    if !fits || text.chars().any(char::is_control) {
        let text = format!("an announcement has 1 to {ANNOUNCEMENT_MAX_CHARS} characters");
        return Err(LessonError::Range(text));
    }
    if !ANNOUNCEMENT_MINUTES.contains(&minutes) {
        let (least, most) = ANNOUNCEMENT_MINUTES.into_inner();
        let text = format!("an announcement is shown for {least} to {most} minutes");
        return Err(LessonError::Range(text));
    }
    let at_ms = clock::wall_ms();
    let ends_ms = at_ms + Millis::from(minutes) * MINUTE_MS;
    let teacher = (teacher != 0).then_some(teacher);
    Ok(AnnouncementRecord { id: 0, teacher, text, at_ms, ends_ms })
}

fn shown(store: &Store, said: AnnouncementRecord) -> Result<Announcement, StoreError> {
    let AnnouncementRecord { id, teacher, text, at_ms, ends_ms } = said;
    let from = match teacher {
        Some(number) => store.teacher(number)?.map(|teacher| teacher.name),
        None => None,
    };
    Ok(Announcement { id, text, from: from.unwrap_or_default(), at_ms, ends_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcements_are_tidied_and_bounded() {
        let long = "x".repeat(ANNOUNCEMENT_MAX_CHARS);
        let table = [
            ("  Break  in five\nminutes ", 5, Some("Break in five minutes")),
            (&long, 240, Some(&long)),
            ("", 5, None),
            ("\u{7}", 5, None),
            ("ok", 0, None),
            ("ok", 241, None),
        ];
        for (text, minutes, expected) in table {
            let said = checked(3, text, minutes).ok();
            assert_eq!(said.as_ref().map(|said| said.text.as_str()), expected, "{text:?}");
            if let Some(said) = said {
                assert_eq!(said.ends_ms - said.at_ms, Millis::from(minutes) * MINUTE_MS);
                assert_eq!(said.teacher, Some(3));
            }
        }
        assert!(checked(0, &(long.clone() + "x"), 5).is_err());
        assert_eq!(checked(0, "ok", 1).expect("is good").teacher, None);
    }
}
