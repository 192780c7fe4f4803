//! What a canvas in use remembers of its lesson.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};
use place_core::cooldown::Millis;
use place_core::wire::lesson::{Announcement, Curtain, Lesson, TeamInfo};
use place_core::{Area, SeatNumber};

use super::activity::Activity;
use super::bots::Bots;
use super::settings::{CanvasSettings, Look};
use super::signals::{DeskPart, Signals};

/// Most announcements that are shown at a time; a further one ends the oldest.
const ANNOUNCEMENTS_MAX: usize = 5;

/// When the canvas opens or closes next by its hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NextHours {
    /// When it opens, if it is closed.
    pub opens_ms: Option<Millis>,
    /// When it closes, if it is open.
    pub closes_ms: Option<Millis>,
}

/// The lesson of one canvas. The store has all of it, too: whoever changes
/// something writes it there first.
#[derive(Debug, Default)]
pub struct Classroom {
    settings: RwLock<Arc<CanvasSettings>>,
    /// Without what the journal knows of them.
    teams: RwLock<Arc<Vec<TeamInfo>>>,
    announcements: RwLock<Arc<Vec<Announcement>>>,
    next: RwLock<NextHours>,
    /// What its people do.
    pub activity: Mutex<Activity>,
    /// Whose the students' bots are.
    pub bots: Arc<Mutex<Bots>>,
    signals: Mutex<Signals>,
    /// Up to which moment it has opened and closed by its hours.
    hours_done_ms: AtomicU64,
    /// Held by whoever changes settings: each change starts from the last.
    pub changing: tokio::sync::Mutex<()>,
}

impl Classroom {
    /// The lesson as it was stored.
    pub fn new(
        settings: CanvasSettings,
        teams: Vec<TeamInfo>,
        mut announcements: Vec<Announcement>,
    ) -> Self {
        let excess = announcements.len().saturating_sub(ANNOUNCEMENTS_MAX);
        announcements.drain(..excess);
        Self {
            settings: RwLock::new(Arc::new(settings)),
            teams: RwLock::new(Arc::new(teams)),
            announcements: RwLock::new(Arc::new(announcements)),
            ..Self::default()
        }
    }

    /// Notes that somebody came or went, or is called something else now.
    pub fn note_seat(&self, seat: SeatNumber) {
        let mut signals = self.signals.lock();
        signals.note_seat(seat);
        signals.note_desk(DeskPart::People);
    }

    /// Notes that a part of the teachers' desk changed.
    pub fn note_desk(&self, part: DeskPart) {
        self.signals.lock().note_desk(part);
    }

    /// Does something with what was noted and not told.
    pub fn signals<R>(&self, with: impl FnOnce(&mut Signals) -> R) -> R {
        with(&mut self.signals.lock())
    }

    /// The settings.
    pub fn settings(&self) -> Arc<CanvasSettings> {
        Arc::clone(&self.settings.read())
    }

    /// Has other settings from now on.
    pub fn set_settings(&self, settings: CanvasSettings) {
        *self.settings.write() = Arc::new(settings);
    }

    /// The teams' numbers, names and colors.
    pub fn teams(&self) -> Arc<Vec<TeamInfo>> {
        Arc::clone(&self.teams.read())
    }

    /// Has other teams from now on, in the order of their numbers.
    pub fn set_teams(&self, teams: Vec<TeamInfo>) {
        *self.teams.write() = Arc::new(teams);
    }

    /// What is being announced at `now`.
    pub fn announcements(&self, now: Millis) -> Vec<Announcement> {
        let all = Arc::clone(&self.announcements.read());
        all.iter().filter(|one| one.ends_ms > now).cloned().collect()
    }

    /// Announces something more. Gives the numbers of those that it ends.
    pub fn announce(&self, announcement: Announcement) -> Vec<i64> {
        let mut all = self.announcements.write();
        let now = announcement.at_ms;
        let mut kept: Vec<_> = all.iter().filter(|one| one.ends_ms > now).cloned().collect();
        kept.push(announcement);
        let excess = kept.len().saturating_sub(ANNOUNCEMENTS_MAX);
        let ended = kept.drain(..excess).map(|one| one.id).collect();
        *all = Arc::new(kept);
        ended
    }

    /// Ends an announcement; tells whether there was one.
    pub fn withdraw(&self, id: i64) -> bool {
        let mut all = self.announcements.write();
        let kept: Vec<_> = all.iter().filter(|one| one.id != id).cloned().collect();
        let found = kept.len() < all.len();
        *all = Arc::new(kept);
        found
    }

    /// Notes when the canvas opens or closes next; tells whether that is new.
    pub fn set_next(&self, next: NextHours) -> bool {
        std::mem::replace(&mut *self.next.write(), next) != next
    }

    /// Up to which moment the canvas has opened and closed by its hours.
    pub fn hours_done(&self) -> Millis {
        self.hours_done_ms.load(Ordering::Relaxed)
    }

    /// Notes that it has done so up to a moment.
    pub fn set_hours_done(&self, until_ms: Millis) {
        self.hours_done_ms.store(until_ms, Ordering::Relaxed);
    }

    /// Whether the picture is hidden from somebody.
    pub fn is_hidden_from(&self, has_seat: bool, is_teacher: bool) -> bool {
        match self.settings.read().curtain {
            Curtain::None => false,
            Curtain::Audience => !has_seat && !is_teacher,
            Curtain::Everyone => !is_teacher,
        }
    }

    /// Whether somebody may look at all; what is hidden from them is another
    /// matter.
    pub fn may_look(&self, has_seat: bool, is_teacher: bool) -> bool {
        let settings = self.settings.read();
        let is_open = settings.look == Look::Anyone && !settings.is_archived;
        is_teacher || is_open || (has_seat && !settings.is_archived)
    }

    /// What everybody is told at `now`, with where only teachers draw; `region`
    /// knows what the journal knows of a team.
    pub fn lesson(
        &self,
        now: Millis,
        protected: Vec<Area>,
        region: impl Fn(place_core::TeamNumber) -> place_core::Team,
    ) -> Lesson {
        let settings = self.settings();
        let next = *self.next.read();
        let team = |team: &TeamInfo| {
            let place_core::Team { region, is_confined } = region(team.number);
            TeamInfo { region, is_confined, ..team.clone() }
        };
        Lesson {
            chat: settings.chat,
            slow_s: settings.slow_s,
            names: settings.names,
            scores: settings.scores,
            curtain: settings.curtain,
            timer: settings.timer.clone().filter(|timer| timer.ends_ms > now),
            opens_ms: next.opens_ms,
            closes_ms: next.closes_ms,
            teams: self.teams().iter().map(team).collect(),
            protected,
            team_rule: settings.team_rule,
            bots: settings.bots,
            announcements: self.announcements(now),
            now_ms: now,
        }
    }
}
