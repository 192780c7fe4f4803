//! A day of a class, from midnight to midnight, on virtual time: six lessons in
//! which thirty students draw, one beamer that only looks on, a teacher who
//! changes the rules, laptops that sleep and networks that break, a disk that
//! is full for a while, power cuts and planned restarts.
//!
//! Nothing happens by the wall clock, and every chance comes from the seed, so
//! that a seed always makes the same day, to the last byte that is sent.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use place_core::sequencer::RulesChange;
use place_core::{Canvas, Mode, Rules};

use crate::client::Client;
use crate::deeds::{self, Deed};
use crate::disk::{Disk, Fault};
use crate::laws;
use crate::server::{ConnectionId, Server};
use crate::support::{BIRTH_MS, Dice, palette, size};
use crate::timetable::{self, DAY_MS, Wish};
use crate::world::Story;

const STUDENTS: usize = 30;

/// How long a pixel can be taken back.
const UNDO_MS: u32 = 10_000;

/// How often the teacher uses a tool in a lesson, and how long what it forbids
/// is forbidden.
const TOOLS_PER_LESSON: u64 = 12;
const FORBIDDEN_MS: u64 = 150_000;

/// Largest side of what a tool is used on: some patches are more than a
/// catch-up holds.
const TOOL_SIDE: u16 = 80;

/// Silence after which the server takes a sleeping laptop's connection for dead.
const IDLE_MS: u64 = 75_000;

/// Seconds between two beats.
const BEAT_S: u64 = 15;

/// Seconds between two checkpoints.
const CHECKPOINT_S: u64 = 600;

/// Seconds after which a board is made anew.
const BOARD_S: u64 = 2;

/// How long a server goes on answering once it is told to stop.
const STOPPING_MS: u64 = 300;

/// What happens at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Somebody does something, or nothing.
    Act(usize),
    /// Somebody's browser takes what has come.
    Read(usize),
    /// A message reaches the server.
    Arrive(ConnectionId),
    /// The sequencer takes what waits.
    Turn,
    /// The disk has done what it could.
    Committed,
    /// The feed may be due.
    Flush,
    /// A second has passed.
    Second,
    /// The teacher wants the rules of this line of the timetable.
    Teach(usize),
    /// The teacher uses a tool of this kind.
    Tool(u64),
    /// The teacher allows everything again.
    Pardon,
    /// The disk is full, or there is room again.
    DiskFull(bool),
    PowerCut,
    Stop,
    Stopped,
}

/// Somebody with a browser.
struct Person {
    client: Client,
    /// Until when the laptop is closed.
    asleep_until: u64,
    /// Since when.
    asleep_since: u64,
    /// Milliseconds that the browser takes for what has come.
    reading_ms: u64,
    reads: bool,
}

/// The day.
pub(crate) struct Day {
    now: u64,
    dice: Dice,
    disk: Disk,
    server: Server,
    people: Vec<Person>,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    scheduled: u64,
    turn_is_due: bool,
    disk_is_full: bool,
    seconds: u64,
    pub(crate) story: Story,
}

impl Day {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let rules =
            Rules { mode: Mode::Frozen, cooldown_ms: 10_000, saved_max: 5, undo_ms: UNDO_MS };
        let mut disk = Disk::new(&Canvas::genesis(size(96, 96), palette(16), rules, BIRTH_MS));
        let server = Server::start(&mut disk, 0);
        // The last one is the beamer: it has no seat.
        let seats = (1..=STUDENTS as u32).map(Some).chain([None]);
        let people = seats.map(|seat| Person {
            client: Client::new(seat),
            asleep_until: 0,
            asleep_since: 0,
            // One in eight has a slow laptop.
            reading_ms: if dice.below(8) == 0 { 400 } else { 5 },
            reads: false,
        });
        let people = people.collect();
        let mut day = Self {
            now: BIRTH_MS,
            dice,
            disk,
            server,
            people,
            events: BinaryHeap::new(),
            scheduled: 0,
            turn_is_due: false,
            disk_is_full: false,
            seconds: 0,
            story: Story::default(),
        };
        day.plan();
        day
    }

    /// What is certain to happen today.
    fn plan(&mut self) {
        for (line, (at, _)) in timetable::WISHES.iter().enumerate() {
            self.at(BIRTH_MS + at, Event::Teach(line));
        }
        for who in 0..self.people.len() {
            let first = self.dice.below(60_000);
            self.at(BIRTH_MS + first, Event::Act(who));
        }
        self.at(BIRTH_MS + 1000, Event::Second);
        for lesson in 0..timetable::LESSONS as u64 {
            let start = BIRTH_MS + timetable::lesson_start_ms(lesson);
            let within = |dice: &mut Dice| start + 120_000 + dice.below(38 * 60_000);
            let at = within(&mut self.dice);
            self.at(at, Event::PowerCut);
            let at = within(&mut self.dice);
            self.at(at, Event::Stop);
            let (from, minutes) = (within(&mut self.dice), 1 + self.dice.below(3));
            self.at(from, Event::DiskFull(true));
            self.at(from + minutes * 60_000, Event::DiskFull(false));
            for tool in 0..TOOLS_PER_LESSON {
                let at = within(&mut self.dice);
                self.at(at, Event::Tool(tool % deeds::KINDS));
                self.at(at + FORBIDDEN_MS, Event::Pardon);
            }
        }
    }

    fn at(&mut self, moment: u64, event: Event) {
        self.scheduled += 1;
        self.events.push(Reverse((moment, self.scheduled, event)));
    }

    fn in_ms(&mut self, ms: u64, event: Event) {
        self.at(self.now + ms, event);
    }

    /// Lives through the day, and tells.
    pub(crate) fn run(mut self) -> Story {
        while let Some(Reverse((moment, _, event))) = self.events.pop() {
            if moment >= BIRTH_MS + DAY_MS {
                break;
            }
            self.now = moment;
            self.happen(event);
        }
        self.end();
        self.story.sent = self.server.sent;
        self.story.frames = self.server.frames_sent;
        self.story.bytes = self.server.bytes_sent;
        self.story.last_state = self.server.canvas.to_checkpoint();
        self.story
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act(who) => self.act(who),
            Event::Read(who) => self.read(who),
            Event::Arrive(id) => {
                self.server.receive(id, self.now);
                self.turn_soon();
                self.bring();
            }
            Event::Turn => {
                self.turn_is_due = false;
                let was_writing = self.server.is_committing();
                self.server.turn(self.now);
                if self.server.is_committing() && !was_writing {
                    let ms = self.disk_ms();
                    self.in_ms(ms, Event::Committed);
                } else if !was_writing {
                    self.turn_soon();
                }
                self.bring();
            }
            Event::Committed => self.committed(),
            Event::Flush => {
                self.server.flush(self.now);
                self.bring();
            }
            Event::Second => self.second(),
            Event::Teach(line) => self.teach(line),
            Event::Tool(kind) => {
                let (canvas, dice) = (&self.server.canvas, &mut self.dice);
                let deed = Deed::of(kind, canvas, TOOL_SIDE, STUDENTS as u32, dice);
                self.use_tools([deed]);
            }
            Event::Pardon => {
                self.use_tools(Deed::pardons(&self.server.canvas, STUDENTS as u32));
            }
            Event::DiskFull(is_full) => self.disk_is_full = is_full,
            Event::PowerCut => self.power_cut(),
            Event::Stop => {
                self.server.is_stopping = true;
                self.in_ms(STOPPING_MS, Event::Stopped);
            }
            Event::Stopped => self.stopped(),
        }
    }

    /// A commit takes 1 to 20 ms; the disk hiccups now and then.
    fn disk_ms(&mut self) -> u64 {
        if self.dice.below(500) == 0 { 800 } else { 1 + self.dice.below(20) }
    }

    fn turn_soon(&mut self) {
        if !self.turn_is_due && self.server.has_work() {
            self.turn_is_due = true;
            self.in_ms(0, Event::Turn);
        }
    }

    fn committed(&mut self) {
        let fault = if self.disk_is_full {
            Fault::Failed
        } else if self.dice.below(2000) == 0 {
            Fault::LostAcknowledgement
        } else {
            Fault::None
        };
        self.story.failed_commits += u64::from(fault == Fault::Failed);
        self.story.lost_acknowledgements += u64::from(fault == Fault::LostAcknowledgement);
        assert!(self.server.finish_commit(&mut self.disk, fault, 0, self.now), "power is there");
        if let Some(due) = self.server.feed.due(self.now) {
            self.at(due, Event::Flush);
        }
        self.turn_soon();
        self.bring();
    }

    /// Fills the sockets; whoever has something to read will.
    fn bring(&mut self) {
        (0..self.people.len()).for_each(|who| self.bring_to(who));
    }

    fn bring_to(&mut self, who: usize) {
        let Some(id) = self.people[who].client.connection else { return };
        self.story.catch_ups += self.server.pump(id);
        let has_mail =
            self.server.connections.get(&id).is_some_and(|wire| !wire.to_client.is_empty());
        let person = &mut self.people[who];
        if has_mail && !person.reads && person.asleep_until <= self.now {
            person.reads = true;
            let ms = person.reading_ms + self.dice.below(60);
            self.in_ms(ms, Event::Read(who));
        }
    }

    fn read(&mut self, who: usize) {
        let Self { people, server, disk, story, now, .. } = self;
        let person = &mut people[who];
        person.reads = false;
        if person.asleep_until > *now {
            return;
        }
        // The slow ones take what comes one by one.
        let most = if person.reading_ms > 100 { 1 } else { usize::MAX };
        let durable = disk.last_seq();
        let mut count = 0;
        while count < most && person.client.read(server, durable, story) {
            count += 1;
        }
        self.send_off(who);
        self.bring_to(who);
    }

    /// What a client has said is on its way.
    fn send_off(&mut self, who: usize) {
        let Some(id) = self.people[who].client.connection else { return };
        let count = self.server.connections.get(&id).map_or(0, |wire| wire.to_server.len());
        for _ in 0..count {
            let ms = 1 + self.dice.below(60);
            self.in_ms(ms, Event::Arrive(id));
        }
    }

    /// A student does something, and decides when to do the next thing.
    fn act(&mut self, who: usize) {
        let next_ms = if timetable::is_lesson(self.now - BIRTH_MS) {
            self.in_lesson(who)
        } else {
            self.at_home(who)
        };
        self.in_ms(next_ms, Event::Act(who));
    }

    fn is_connected(&self, who: usize) -> bool {
        let id = self.people[who].client.connection;
        id.is_some_and(|id| self.server.connections.contains_key(&id))
    }

    fn in_lesson(&mut self, who: usize) -> u64 {
        let now = self.now;
        if self.people[who].asleep_until > now {
            return self.people[who].asleep_until - now;
        }
        if !self.is_connected(who) {
            self.connect(who);
            return 500 + self.dice.below(3000);
        }
        if self.people[who].client.seat.is_none() {
            // The beamer: somebody leans on its keyboard now and then.
            if self.dice.below(200) == 0 {
                self.people[who].client.place(&mut self.server, &mut self.dice);
                self.send_off(who);
            }
            return 5000;
        }
        match self.dice.below(4000) {
            0..8 => return self.fall_asleep(who),
            8..20 => {
                self.leave(who);
                return 1000 + self.dice.below(4000);
            }
            20..28 => self.reload(who),
            28..32 => self.people[who].client.babble(&mut self.server, b"hello"),
            32..40 => {
                // A quick hand, or a script.
                for _ in 0..40 {
                    self.people[who].client.place(&mut self.server, &mut self.dice);
                }
            }
            40..240 => self.people[who].client.undo(&mut self.server),
            240..440 => self.draw_over_somebody(who),
            _ => self.people[who].client.place(&mut self.server, &mut self.dice),
        }
        self.send_off(who);
        let wait = u64::from(self.people[who].client.wait_ms).min(60_000);
        wait + 200 + self.dice.below(3000)
    }

    fn draw_over_somebody(&mut self, who: usize) {
        let other = self.dice.below(self.people.len() as u64) as usize;
        let Some(cell) = self.people[other].client.last_cell else { return };
        self.people[who].client.place_at(&mut self.server, &mut self.dice, cell);
    }

    fn at_home(&mut self, who: usize) -> u64 {
        // Most are not there; some peek, and try.
        if self.is_connected(who) {
            if self.dice.percent(70) {
                self.leave(who);
            } else {
                self.people[who].client.place(&mut self.server, &mut self.dice);
                self.send_off(who);
            }
        } else if self.dice.percent(10) {
            self.connect(who);
        }
        let to_lesson = timetable::ms_to_lesson(self.now - BIRTH_MS) + self.dice.below(90_000);
        (60_000 + self.dice.below(20 * 60_000)).min(to_lesson)
    }

    fn connect(&mut self, who: usize) {
        let fresh = self.dice.percent(20);
        let (person, server) = (&mut self.people[who], &mut self.server);
        person.client.lose_connection();
        self.story.stale_boards += u64::from(fresh && server.canvas.seq() > server.board_seq());
        self.story.reconnects += u64::from(person.client.mirror.is_some());
        person.client.connect(server, self.now, fresh);
        self.send_off(who);
        self.bring_to(who);
    }

    /// The network changes; the server may notice only later.
    fn leave(&mut self, who: usize) {
        let client = &mut self.people[who].client;
        if let Some(id) = client.connection {
            if self.dice.percent(50) {
                self.server.connections.remove(&id);
            } else if let Some(wire) = self.server.connections.get_mut(&id) {
                wire.orphan = true;
                self.in_ms(IDLE_MS, Event::Arrive(id));
            }
        }
        self.people[who].client.lose_connection();
    }

    fn reload(&mut self, who: usize) {
        let client = &mut self.people[who].client;
        client.load_board(&self.server);
        client.watch(&mut self.server);
    }

    /// The laptop is closed for half a minute to twenty.
    fn fall_asleep(&mut self, who: usize) -> u64 {
        let ms = 30_000 + self.dice.below(20 * 60_000);
        self.story.sleeps += 1;
        self.people[who].asleep_since = self.now;
        self.people[who].asleep_until = self.now + ms;
        ms
    }

    fn second(&mut self) {
        self.seconds += 1;
        let online = self.people.iter().filter(|one| one.client.connection.is_some()).count();
        let mut is_news = self.server.feed.set_online(online as u32);
        if self.seconds.is_multiple_of(BEAT_S) {
            self.server.feed.beat(self.now);
            is_news = true;
        }
        if self.seconds.is_multiple_of(BOARD_S)
            && self.server.board_seq() < self.server.canvas.seq()
        {
            self.server.refresh_board();
        }
        if self.seconds.is_multiple_of(CHECKPOINT_S) && !self.disk_is_full {
            match self.dice.below(10) {
                0 => self.disk.lose_checkpoint(),
                _ => self.disk.save_checkpoint(&self.server.canvas),
            }
        }
        if self.seconds.is_multiple_of(3600) {
            laws::all_seen_is_safe(self.people.iter().map(|one| &one.client), &self.disk);
        }
        for person in &self.people {
            let is_dead =
                person.asleep_until > self.now && self.now - person.asleep_since > IDLE_MS;
            if let Some(id) = person.client.connection.filter(|_| is_dead) {
                self.server.connections.remove(&id);
            }
        }
        if is_news {
            self.bring();
        }
        self.in_ms(1000, Event::Second);
    }

    /// The teacher sets rules, looks, and sets them again if it did not work.
    fn teach(&mut self, line: usize) {
        let Wish { mode, cooldown_ms } = timetable::WISHES[line].1;
        let rules = self.server.canvas.rules();
        if rules.mode == mode && rules.cooldown_ms == cooldown_ms {
            self.story.rules_set += 1;
            return;
        }
        if !self.server.is_stopping {
            let change = RulesChange {
                teacher: 1,
                mode: Some(mode),
                cooldown_ms: Some(cooldown_ms),
                ..RulesChange::default()
            };
            self.server.change_rules(change);
            self.turn_soon();
        }
        // Unless the next line is due before that.
        let next = timetable::WISHES.get(line + 1).map_or(u64::MAX, |(at, _)| BIRTH_MS + at);
        if self.now + 2000 < next {
            self.in_ms(2000, Event::Teach(line));
        }
    }

    fn use_tools(&mut self, deeds: impl IntoIterator<Item = Deed>) {
        if !self.server.is_stopping {
            deeds.into_iter().for_each(|deed| self.server.do_deed(deed));
            self.turn_soon();
        }
    }

    fn power_cut(&mut self) {
        self.story.crashes += 1;
        let faults = [Fault::CrashBefore, Fault::CrashTorn, Fault::CrashAfter];
        let (fault, cut) = (*self.dice.pick(&faults), self.dice.next());
        let was_writing = self.server.is_committing();
        self.server.finish_commit(&mut self.disk, fault, cut, self.now);
        self.story.torn += u64::from(fault == Fault::CrashTorn && was_writing);
        self.start_anew();
    }

    /// What waited was answered, and everybody was told to come back.
    fn stopped(&mut self) {
        self.story.restarts += 1;
        while self.server.has_work() || self.server.is_committing() {
            self.server.turn(self.now);
            let fault = if self.disk_is_full { Fault::Failed } else { Fault::None };
            assert!(
                self.server.finish_commit(&mut self.disk, fault, 0, self.now),
                "power is there"
            );
        }
        self.start_anew();
    }

    fn start_anew(&mut self) {
        let before = self.server.restart(&mut self.disk);
        self.turn_is_due = false;
        self.events.retain(|Reverse((_, _, event))| {
            !matches!(event, Event::Arrive(_) | Event::Committed | Event::Turn | Event::Stopped)
        });
        self.story.decided += before.decided.len() as u64;
        laws::decisions_are_kept(&before.decided, &self.disk);
        laws::all_seen_is_safe(self.people.iter().map(|one| &one.client), &self.disk);
        assert_eq!(self.server.canvas, self.disk.fold(), "a checkpoint changes nothing");
    }

    /// Midnight: nothing fails any more, everybody comes and reads to the end.
    fn end(&mut self) {
        self.disk_is_full = false;
        self.server.is_stopping = false;
        for person in &mut self.people {
            person.asleep_until = 0;
        }
        for _ in 0..300 {
            self.now += 1000;
            self.peace();
        }
        assert!(!self.server.has_work() && !self.server.is_committing(), "all work is done");
        let clients = self.people.iter().map(|one| &one.client);
        laws::everybody_agrees(clients.clone(), &self.server, &self.disk);
        laws::acknowledged_is_kept(clients, &self.disk);
        laws::decisions_are_kept(&self.server.decided, &self.disk);
        self.story.decided += self.server.decided.len() as u64;
        laws::cooldowns_hold(&self.disk);
    }

    fn peace(&mut self) {
        for who in 0..self.people.len() {
            if !self.is_connected(who) {
                self.connect(who);
            }
        }
        let ids: Vec<_> = self.server.connections.keys().copied().collect();
        for id in &ids {
            (0..9).for_each(|_| self.server.receive(*id, self.now));
        }
        self.server.turn(self.now);
        self.server.finish_commit(&mut self.disk, Fault::None, 0, self.now);
        self.server.flush(self.now);
        self.server.feed.set_online(self.people.len() as u32);
        for id in ids {
            self.story.catch_ups += self.server.pump(id);
        }
        let durable = self.disk.last_seq();
        for person in &mut self.people {
            while person.client.read(&mut self.server, durable, &mut self.story) {}
        }
    }
}
