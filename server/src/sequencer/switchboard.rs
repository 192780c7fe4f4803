//! What is said to the people of a canvas besides its pixels, on its way to the
//! workers that serve them.

use std::sync::Arc;

use bytes::Bytes;
use parking_lot::Mutex;
use place_core::wire::text::ServerText;
use place_core::{SeatNumber, TeacherNumber, TeamNumber, feed};

use super::Mailbox;

/// To whom something is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// To everybody who is connected.
    Everyone,
    /// To those with a seat, and to teachers.
    Seated,
    /// To a team, and to teachers.
    Team(TeamNumber),
    /// To one person, in every tab.
    Seat(SeatNumber),
    /// To some people.
    Seats(Arc<[SeatNumber]>),
    /// To those without a seat who are no teachers.
    Onlookers,
    /// To those without a seat who are no teachers, and no teachers' projectors.
    Strangers,
    /// To those with a seat who are no teachers.
    Students,
    /// To teachers only.
    Teachers,
    /// To teachers but these, and but the owner of the server.
    TeachersBut(Arc<[TeacherNumber]>),
}

/// What is to be done with somebody's connection.
#[derive(Clone, Debug)]
pub enum Word {
    /// Tell it this frame.
    Say(Bytes),
    /// Tell it this frame, and stop its feed.
    Hide(Bytes),
    /// Close it, with this code and reason.
    Close(u16, &'static str),
}

/// Something to be done with some of a canvas's connections.
#[derive(Clone, Debug)]
pub struct Post {
    /// The canvas's number.
    pub canvas: u32,
    /// With whose.
    pub to: Audience,
    /// What.
    pub word: Word,
}

/// Reaches the letter boxes of all workers.
#[derive(Debug, Default)]
pub struct Switchboard(Mutex<Vec<Arc<Mailbox>>>);

impl Switchboard {
    /// Connects a worker.
    pub fn connect(&self, mailbox: &Arc<Mailbox>) {
        self.0.lock().push(Arc::clone(mailbox));
    }

    /// Posts something to every worker.
    pub fn post(&self, post: &Post) {
        for mailbox in self.0.lock().iter() {
            mailbox.put(post.clone());
        }
    }

    /// Says something to some people of a canvas.
    pub fn say(&self, canvas: u32, to: Audience, text: &ServerText) {
        self.post(&Post { canvas, to, word: Word::Say(feed::text_frame(text)) });
    }
}
