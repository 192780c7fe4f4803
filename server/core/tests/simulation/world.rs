//! The world: it rolls the dice, lets something happen, and checks the laws.

use std::collections::BTreeMap;

use place_core::sequencer::RulesChange;
use place_core::{Canvas, Mode, Rules};

use crate::client::Client;
use crate::deeds::{self, Deed};
use crate::disk::{Disk, Fault};
use crate::laws;
use crate::server::{Digest, Server};
use crate::support::{BIRTH_MS, Dice, palette, size};

/// Things that happen before peace comes.
const STEPS: usize = 3000;

/// The largest number of a seat.
const SEATS: u32 = 5;

/// Rounds of peace after which nothing may be left to do.
const PEACE_ROUNDS: usize = 300;

/// What happened, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Story {
    pub(crate) placed: u64,
    pub(crate) refused: BTreeMap<&'static str, u64>,
    pub(crate) crashes: u64,
    pub(crate) torn: u64,
    pub(crate) failed_commits: u64,
    pub(crate) lost_acknowledgements: u64,
    pub(crate) reloads: u64,
    /// How often a client found that it lacked something, and asked for it.
    pub(crate) gaps: u64,
    /// Deltas that came to a client after it had asked anew, and were of no use.
    pub(crate) passed_over: u64,
    pub(crate) catch_ups: u64,
    pub(crate) stale_boards: u64,
    pub(crate) reconnects: u64,
    pub(crate) sleeps: u64,
    pub(crate) restarts: u64,
    /// Changes of rules that the teacher saw in force.
    pub(crate) rules_set: u64,
    pub(crate) undone: u64,
    /// What the teacher decided, and was told so.
    pub(crate) decided: u64,
    /// Frames and bytes sent to clients.
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
    pub(crate) last_state: Vec<u8>,
    /// Of everything that was sent.
    pub(crate) sent: Digest,
}

impl Story {
    fn counts(&self) -> [(&'static str, u64); 15] {
        [
            ("placements", self.placed),
            ("reconnects", self.reconnects),
            ("sleeps", self.sleeps),
            ("changes of rules", self.rules_set),
            ("pixels taken back", self.undone),
            ("decisions of the teacher", self.decided),
            ("planned restarts", self.restarts),
            ("power cuts", self.crashes),
            ("failed commits", self.failed_commits),
            ("lost acknowledgements", self.lost_acknowledgements),
            ("reloads", self.reloads),
            ("gaps", self.gaps),
            ("deltas passed over", self.passed_over),
            ("catch-ups", self.catch_ups),
            ("stale boards", self.stale_boards),
        ]
    }

    /// What happened, in one line.
    pub(crate) fn summary(&self) -> String {
        use std::fmt::Write;
        let mut line = format!("{} frames, {} bytes sent", self.frames, self.bytes);
        for (what, count) in self.counts() {
            write!(line, ", {count} {what}").expect("writing to memory does not fail");
        }
        format!("{line}; refused {:?}; {:?}", self.refused, self.sent)
    }

    /// A day on which something did not happen has not tried it.
    pub(crate) fn assert_that_everything_happened(&self) {
        for (what, count) in self.counts() {
            assert!(count > 0, "no {what}: {}", self.summary());
        }
        for reason in place_core::Reason::ALL {
            let name = reason.name();
            assert!(self.refused.contains_key(name), "nobody was refused for {name}");
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.placed += other.placed;
        for (reason, count) in &other.refused {
            *self.refused.entry(reason).or_default() += count;
        }
        self.crashes += other.crashes;
        self.torn += other.torn;
        self.failed_commits += other.failed_commits;
        self.lost_acknowledgements += other.lost_acknowledgements;
        self.reloads += other.reloads;
        self.gaps += other.gaps;
        self.passed_over += other.passed_over;
        self.catch_ups += other.catch_ups;
        self.stale_boards += other.stale_boards;
        self.undone += other.undone;
        self.decided += other.decided;
    }
}

/// How rough a world is; the seed decides.
#[derive(Debug)]
struct Climate {
    /// Commits in a thousand that go wrong.
    bad_commits: u64,
    /// Steps in ten thousand at which the power goes.
    power_cuts: u64,
    /// Steps in a thousand at which a client does something to its connection.
    unrest: u64,
    /// How many messages a client reads at a time.
    reading: u64,
}

pub(crate) struct World {
    dice: Dice,
    climate: Climate,
    /// Virtual time, in milliseconds; the wall clock wanders around it.
    now: u64,
    disk: Disk,
    server: Server,
    clients: Vec<Client>,
    story: Story,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let climate = Climate {
            bad_commits: *dice.pick(&[0, 20, 200, 600]),
            power_cuts: *dice.pick(&[0, 5, 50]),
            unrest: *dice.pick(&[2, 20, 100]),
            reading: *dice.pick(&[1, 5, 50]),
        };
        let rules = Rules {
            mode: Mode::Open,
            cooldown_ms: dice.below(60) as u32,
            saved_max: 4,
            undo_ms: 500,
        };
        let genesis = Canvas::genesis(size(20, 16), palette(5), rules, BIRTH_MS);
        let mut disk = Disk::new(&genesis);
        let server = Server::start(&mut disk, 0);
        // Two tabs of one seat, some seats, and one who only looks.
        let seats = [Some(1), Some(1), Some(2), Some(3), Some(4), Some(5), None];
        let clients = seats.into_iter().map(Client::new).collect();
        Self { dice, climate, now: BIRTH_MS, disk, server, clients, story: Story::default() }
    }

    /// Lives through it all, and tells.
    pub(crate) fn run(mut self) -> Story {
        for _ in 0..STEPS {
            self.step();
        }
        self.make_peace();
        self.check_end();
        self.story.decided += self.server.decided.len() as u64;
        self.story.last_state = self.server.canvas.to_checkpoint();
        self.story.sent = self.server.sent;
        self.story
    }

    fn step(&mut self) {
        match self.dice.below(100) {
            0..20 => self.now += self.dice.below(20),
            20..50 => self.a_client_acts(),
            50..65 => self.the_server_reads(),
            65..75 => {
                let wall = self.wall_clock();
                self.server.turn(wall);
            }
            75..85 => self.a_commit_ends(),
            85..93 => self.the_feed_moves(),
            93..95 => self.server.feed.beat(self.now),
            95 => {
                let online = self.clients.iter().filter(|c| c.connection.is_some()).count();
                self.server.feed.set_online(online as u32);
            }
            96 if self.dice.percent(50) => self.rules_change(),
            96 => self.the_teacher_decides(),
            97 => self.server.refresh_board(),
            98 => self.a_checkpoint_comes_or_goes(),
            _ => self.a_burst(),
        }
        if self.dice.below(10_000) < self.climate.power_cuts {
            self.crash();
        }
    }

    /// The machine's clock, which somebody sets back now and then.
    fn wall_clock(&mut self) -> u64 {
        if self.dice.percent(3) { self.now - self.dice.below(500).min(self.now) } else { self.now }
    }

    fn a_client_acts(&mut self) {
        let which = self.dice.below(self.clients.len() as u64) as usize;
        let client = &mut self.clients[which];
        let alive = client.connection.is_some_and(|id| self.server.connections.contains_key(&id));
        if !alive {
            client.lose_connection();
            if self.dice.percent(30) {
                let fresh = self.dice.percent(30);
                if fresh && self.server.canvas.seq() > self.server.board_seq() {
                    self.story.stale_boards += 1;
                }
                client.connect(&mut self.server, self.now, fresh);
            }
            return;
        }
        if self.dice.below(1000) < self.climate.unrest {
            match self.dice.below(3) {
                0 => self.a_client_leaves(which),
                1 => client.load_board(&self.server),
                _ => client.watch(&mut self.server),
            }
        } else if self.dice.percent(10) {
            client.undo(&mut self.server);
        } else if self.dice.percent(60) {
            client.place(&mut self.server, &mut self.dice);
        } else {
            let durable = self.disk.last_seq();
            for _ in 0..=self.dice.below(self.climate.reading) {
                client.read(&mut self.server, durable, &mut self.story);
            }
            if self.dice.percent(5) {
                laws::seen_is_safe(client, &self.disk);
            }
        }
    }

    /// What it had sent may still arrive.
    fn a_client_leaves(&mut self, which: usize) {
        let client = &mut self.clients[which];
        if let Some(id) = client.connection {
            if self.dice.percent(50) {
                self.server.connections.remove(&id);
            } else if let Some(connection) = self.server.connections.get_mut(&id) {
                connection.orphan = true;
            }
        }
        client.lose_connection();
    }

    fn the_server_reads(&mut self) {
        let ids: Vec<_> = self.server.connections.keys().copied().collect();
        if !ids.is_empty() {
            let id = *self.dice.pick(&ids);
            for _ in 0..=self.dice.below(4) {
                self.server.receive(id, self.now);
            }
        }
    }

    fn a_commit_ends(&mut self) {
        let fault = if self.dice.below(1000) < self.climate.bad_commits {
            let faults = [Fault::Failed, Fault::Failed, Fault::LostAcknowledgement];
            *self.dice.pick(&faults)
        } else {
            Fault::None
        };
        match fault {
            Fault::Failed => self.story.failed_commits += 1,
            Fault::LostAcknowledgement => self.story.lost_acknowledgements += 1,
            _ => {}
        }
        assert!(self.server.finish_commit(&mut self.disk, fault, 0, self.now), "power is there");
    }

    fn the_feed_moves(&mut self) {
        self.server.flush(self.now);
        let ids: Vec<_> = self.server.connections.keys().copied().collect();
        for id in ids {
            self.story.catch_ups += self.server.pump(id);
        }
    }

    fn rules_change(&mut self) {
        let dice = &mut self.dice;
        let mode = *dice.pick(&[Mode::Open, Mode::Open, Mode::Open, Mode::Frozen, Mode::Closed]);
        let change = RulesChange {
            mode: Some(mode),
            cooldown_ms: dice.percent(50).then(|| dice.below(100) as u32),
            saved_max: dice.percent(50).then(|| dice.below(6) as u16),
            undo_ms: dice.percent(50).then(|| dice.below(1000) as u32),
            teacher: 1,
        };
        self.server.change_rules(change);
    }

    fn the_teacher_decides(&mut self) {
        if self.dice.percent(30) {
            for deed in Deed::pardons(&self.server.canvas, SEATS) {
                self.server.do_deed(deed);
            }
        } else {
            let kind = self.dice.below(deeds::KINDS);
            let deed = Deed::of(kind, &self.server.canvas, 8, SEATS, &mut self.dice);
            self.server.do_deed(deed);
        }
    }

    fn a_checkpoint_comes_or_goes(&mut self) {
        if self.dice.percent(80) {
            self.disk.save_checkpoint(&self.server.canvas);
        } else {
            self.disk.lose_checkpoint();
        }
    }

    /// So many frames that whoever does not read falls out of the ring.
    fn a_burst(&mut self) {
        if self.dice.percent(10) {
            for _ in 0..300 {
                self.server.feed.beat(self.now);
            }
        }
    }

    /// The power goes, at some point of a commit if one is under way.
    fn crash(&mut self) {
        self.story.crashes += 1;
        let faults = [Fault::CrashBefore, Fault::CrashTorn, Fault::CrashAfter];
        let (fault, cut) = (*self.dice.pick(&faults), self.dice.next());
        let was_idle = self.server.is_idle();
        self.server.finish_commit(&mut self.disk, fault, cut, self.now);
        self.story.torn += u64::from(fault == Fault::CrashTorn && !was_idle);
        let before = self.server.restart(&mut self.disk);
        self.story.decided += before.decided.len() as u64;
        laws::decisions_are_kept(&before.decided, &self.disk);
        assert_eq!(self.server.canvas, self.disk.fold(), "a checkpoint changes nothing");
        self.now += self.dice.below(1000);
    }

    /// Nothing fails any more; everybody comes back and reads to the end.
    fn make_peace(&mut self) {
        for round in 0..PEACE_ROUNDS {
            self.now += 40;
            if round == PEACE_ROUNDS / 2 {
                // Whoever took an old board and has heard nothing since learns it.
                self.server.feed.beat(self.now);
            }
            for id in self.server.connections.keys().copied().collect::<Vec<_>>() {
                (0..9).for_each(|_| self.server.receive(id, self.now));
            }
            self.server.turn(self.now);
            self.server.finish_commit(&mut self.disk, Fault::None, 0, self.now);
            self.the_feed_moves();
            for client in &mut self.clients {
                let id = client.connection;
                if !id.is_some_and(|id| self.server.connections.contains_key(&id)) {
                    client.lose_connection();
                    client.connect(&mut self.server, self.now, false);
                }
                while client.read(&mut self.server, self.disk.last_seq(), &mut self.story) {}
            }
        }
        assert!(self.server.is_idle(), "all work is done");
    }

    fn check_end(&self) {
        laws::everybody_agrees(self.clients.iter(), &self.server, &self.disk);
        laws::acknowledged_is_kept(&self.clients, &self.disk);
        laws::decisions_are_kept(&self.server.decided, &self.disk);
        laws::cooldowns_hold(&self.disk);
    }
}
