//! The settings of a canvas.

use place_core::cooldown::Millis;
use place_core::wire::lesson::{ChatMode, Curtain, Names, TeamRule, Timer};
use serde::{Deserialize, Serialize};

use super::hours::is_zone;

/// Most words in a canvas's own list.
pub const WORDS_MAX: usize = 500;

/// Longest word in it, in characters.
const WORD_MAX_CHARS: usize = 40;

/// Longest slow mode, in seconds: ten minutes.
pub const SLOW_MAX_S: u16 = 600;

/// Longest time after which people are forgotten, in days: three years.
pub const PURGE_MAX_DAYS: u16 = 1100;

/// Most times of the week in which a canvas is open.
const SLOTS_MAX: usize = 21;

/// Longest label of a timer, in characters.
const TIMER_LABEL_MAX_CHARS: usize = 40;

/// Longest timer, in milliseconds: a day.
const TIMER_MAX_MS: Millis = 24 * 60 * 60 * 1000;

/// Minutes of a day.
const DAY_MIN: u16 = 24 * 60;

/// Who may take a seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JoinRule {
    /// Everybody who finds the canvas.
    #[default]
    Open,
    /// Whoever knows the class code or the link.
    Code,
    /// The same, once the teacher has let the person in.
    Approve,
    /// Whoever has a personal card.
    Roster,
}

/// Who may look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Look {
    /// Everybody who finds the canvas.
    #[default]
    Anyone,
    /// Those with a seat, and teachers.
    Seats,
}

/// A time of the week in which the canvas is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// On which days: bit 0 for Monday to bit 6 for Sunday.
    pub days: u8,
    /// From this minute of the day on.
    pub from_min: u16,
    /// Until this minute of the day; after `from_min`.
    pub until_min: u16,
}

/// When a canvas is open, by the school's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The school's time zone, as the IANA database names it.
    pub zone: String,
    /// When; at least one.
    pub slots: Vec<Slot>,
}

/// What a canvas is like besides the rules of drawing. What is missing in a
/// stored one has its default: later versions may add fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CanvasSettings {
    /// Who may take a seat.
    pub join: JoinRule,
    /// Who may look.
    pub look: Look,
    /// Where people may write.
    pub chat: ChatMode,
    /// Seconds between two messages of a person; 0 for no slow mode.
    pub slow_s: u16,
    /// What students are told about who placed a pixel.
    pub names: Names,
    /// How people come to their team.
    pub team_rule: TeamRule,
    /// Whether the scores are shown.
    pub scores: bool,
    /// Whether students may have bots.
    pub bots: bool,
    /// From whom the picture is hidden.
    pub curtain: Curtain,
    /// The class timer, if one runs.
    pub timer: Option<Timer>,
    /// When the canvas is open; without them, whenever the teacher says.
    pub hours: Option<Hours>,
    /// Words that are not to be written here, besides those of the filter.
    pub words: Vec<String>,
    /// Days without a pixel after which its people are forgotten; 0 for never.
    pub purge_days: u16,
    /// Whether it was put away: nobody comes in any more.
    pub is_archived: bool,
}

/// A setting that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Slow mode is too slow.
    #[error("slow mode has 0 to {SLOW_MAX_S} s between two messages")]
    Slow,
    /// Too many words, or too long ones.
    #[error("the word list has up to {WORDS_MAX} words of 1 to {WORD_MAX_CHARS} characters")]
    Words,
    /// Too many days.
    #[error("people are forgotten after 1 to {PURGE_MAX_DAYS} days, or never (0)")]
    Purge,
    /// Broken opening hours.
    #[error(
        "opening hours have 1 to {SLOTS_MAX} times of the week, each on some day, from a minute \
         of the day until a later one"
    )]
    Hours,
    /// A time zone that there is not.
    #[error("there is no time zone called {0:?}; it is named as in Europe/Berlin")]
    Zone(String),
    /// A broken timer.
    #[error("a timer runs for up to a day; its label has up to {TIMER_LABEL_MAX_CHARS} characters")]
    Timer,
}

/// A change of some settings; the others stay. `null` takes hours away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SettingsChange {
    /// Who may take a seat.
    pub join: Option<JoinRule>,
    /// Who may look.
    pub look: Option<Look>,
    /// Where people may write.
    pub chat: Option<ChatMode>,
    /// Seconds between two messages of a person.
    pub slow_s: Option<u16>,
    /// What students are told about who placed a pixel.
    pub names: Option<Names>,
    /// How people come to their team.
    pub team_rule: Option<TeamRule>,
    /// Whether the scores are shown.
    pub scores: Option<bool>,
    /// Whether students may have bots.
    pub bots: Option<bool>,
    /// From whom the picture is hidden.
    pub curtain: Option<Curtain>,
    /// When the canvas is open.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub hours: Option<Option<Hours>>,
    /// Words that are not to be written here.
    pub words: Option<Vec<String>>,
    /// Days without a pixel after which its people are forgotten.
    pub purge_days: Option<u16>,
}

/// A field that is there, though it may be `null`.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

impl SettingsChange {
    /// The settings after the change.
    pub fn on(self, settings: &CanvasSettings) -> CanvasSettings {
        let now = settings.clone();
        CanvasSettings {
            join: self.join.unwrap_or(now.join),
            look: self.look.unwrap_or(now.look),
            chat: self.chat.unwrap_or(now.chat),
            slow_s: self.slow_s.unwrap_or(now.slow_s),
            names: self.names.unwrap_or(now.names),
            team_rule: self.team_rule.unwrap_or(now.team_rule),
            scores: self.scores.unwrap_or(now.scores),
            bots: self.bots.unwrap_or(now.bots),
            curtain: self.curtain.unwrap_or(now.curtain),
            hours: self.hours.unwrap_or(now.hours),
            words: self.words.unwrap_or(now.words),
            purge_days: self.purge_days.unwrap_or(now.purge_days),
            timer: now.timer,
            is_archived: now.is_archived,
        }
    }
}

impl CanvasSettings {
    /// The settings as they are, if each can be at `now`.
    pub fn checked(self, now: Millis) -> Result<Self, SettingsError> {
        let word_fits = |word: &String| (1..=WORD_MAX_CHARS).contains(&word.chars().count());
        if self.slow_s > SLOW_MAX_S {
            Err(SettingsError::Slow)
        } else if self.words.len() > WORDS_MAX || !self.words.iter().all(word_fits) {
            Err(SettingsError::Words)
        } else if self.purge_days > PURGE_MAX_DAYS {
            Err(SettingsError::Purge)
        } else if self.hours.as_ref().is_some_and(|hours| !hours.is_good()) {
            Err(SettingsError::Hours)
        } else if let Some(zone) = self.unknown_zone() {
            Err(SettingsError::Zone(zone))
        } else if self.timer.as_ref().is_some_and(|timer| !is_good(timer, now)) {
            Err(SettingsError::Timer)
        } else {
            Ok(self)
        }
    }

    /// The name of the time zone, if it is nowhere; cut to what is read at a
    /// glance.
    fn unknown_zone(&self) -> Option<String> {
        let zone = &self.hours.as_ref()?.zone;
        (!is_zone(zone)).then(|| zone.chars().take(40).collect())
    }
}

impl Hours {
    fn is_good(&self) -> bool {
        let slot_is_good = |slot: &Slot| {
            (1..1 << 7).contains(&slot.days)
                && slot.from_min < slot.until_min
                && slot.until_min <= DAY_MIN
        };
        (1..=SLOTS_MAX).contains(&self.slots.len()) && self.slots.iter().all(slot_is_good)
    }
}

fn is_good(timer: &Timer, now: Millis) -> bool {
    timer.ends_ms <= now.saturating_add(TIMER_MAX_MS)
        && timer.label.chars().count() <= TIMER_LABEL_MAX_CHARS
        && !timer.label.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_another_version_are_read() {
        let read = |json| serde_json::from_str::<CanvasSettings>(json).expect(json);
        assert_eq!(read("{}"), CanvasSettings::default());
        let later = read(r#"{"join":"roster","of_a_later_version":[1]}"#);
        assert_eq!(later, CanvasSettings { join: JoinRule::Roster, ..CanvasSettings::default() });
    }

    #[test]
    fn a_change_leaves_the_rest() {
        let slot = Slot { days: 0b1_1111, from_min: 480, until_min: 900 };
        let hours = Hours { zone: "Europe/Berlin".to_owned(), slots: vec![slot] };
        let settings = CanvasSettings {
            hours: Some(hours),
            slow_s: 10,
            is_archived: true,
            ..CanvasSettings::default()
        };
        let change = |json| serde_json::from_str::<SettingsChange>(json).expect(json);
        let changed = change(r#"{"chat":"off"}"#).on(&settings);
        assert_eq!(changed, CanvasSettings { chat: ChatMode::Off, ..settings.clone() });
        assert_eq!(change(r#"{"hours":null}"#).on(&settings).hours, None);
    }

    #[test]
    fn what_can_not_be_is_said() {
        let check = |settings: CanvasSettings| settings.checked(1_000_000).err();
        let good = CanvasSettings::default();
        let hours = |slots| Some(Hours { zone: "UTC".to_owned(), slots });
        let slot = |days, from_min, until_min| Slot { days, from_min, until_min };
        let timer =
            |ends_ms, label: &str| Some(Timer { ends_ms, label: label.to_owned(), freezes: false });
        let table = [
            (good.clone(), None),
            (CanvasSettings { slow_s: 601, ..good.clone() }, Some(SettingsError::Slow)),
            (
                CanvasSettings { words: vec![String::new()], ..good.clone() },
                Some(SettingsError::Words),
            ),
            (CanvasSettings { purge_days: 1101, ..good.clone() }, Some(SettingsError::Purge)),
            (CanvasSettings { hours: hours(vec![]), ..good.clone() }, Some(SettingsError::Hours)),
            (CanvasSettings { hours: hours(vec![slot(1, 0, 1440)]), ..good.clone() }, None),
            (
                CanvasSettings {
                    hours: Some(Hours { zone: "Mars/Base".to_owned(), slots: vec![slot(1, 0, 1)] }),
                    ..good.clone()
                },
                Some(SettingsError::Zone("Mars/Base".to_owned())),
            ),
            (
                CanvasSettings { hours: hours(vec![slot(0, 0, 60)]), ..good.clone() },
                Some(SettingsError::Hours),
            ),
            (
                CanvasSettings { hours: hours(vec![slot(1, 60, 60)]), ..good.clone() },
                Some(SettingsError::Hours),
            ),
            (CanvasSettings { timer: timer(2_000_000, "Break"), ..good.clone() }, None),
            (
                CanvasSettings { timer: timer(100_000_000, ""), ..good.clone() },
                Some(SettingsError::Timer),
            ),
            (CanvasSettings { timer: timer(0, "a\nb"), ..good }, Some(SettingsError::Timer)),
        ];
        for (settings, error) in table {
            assert_eq!(check(settings.clone()), error, "{settings:?}");
        }
    }
}
