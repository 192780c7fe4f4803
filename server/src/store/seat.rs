//! What is kept of one person's place in a canvas.

use place_core::cooldown::Millis;
use place_core::wire::lesson::Role;
use place_core::{SeatNumber, TeacherNumber};
use rusqlite::Row as SqlRow;

/// What the holder of a seat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatRole {
    /// A student.
    Student,
    /// A teacher.
    Teacher,
    /// A program.
    Bot,
}

/// How far somebody has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatState {
    /// On the teacher's list, but never came.
    Invited,
    /// Waits for the teacher to open the door.
    Waiting,
    /// Is in.
    Here,
    /// Was forgotten: only the number is left.
    Forgotten,
}

/// One seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRecord {
    /// Its number in its canvas: 1, 2, 3 …, so that tables by seat stay dense.
    pub number: SeatNumber,
    /// What its holder is.
    pub role: SeatRole,
    /// How far its holder has come in.
    pub state: SeatState,
    /// What its person is called; empty for one who was forgotten.
    pub nickname: String,
    /// The teacher whose seat it is.
    pub teacher: Option<TeacherNumber>,
    /// The seat of the student whose bot this is.
    pub bot_of: Option<SeatNumber>,
    /// Until when its person may not write; 0 if it may,
    /// [`MUTED_UNTIL_LIFTED`] until the teacher lifts it.
    pub muted_until_ms: Millis,
    /// When it was taken.
    pub created_ms: Millis,
}

/// A seat to be made.
#[derive(Clone, Debug)]
pub struct NewSeat {
    /// What its holder is. Students get a card.
    pub role: SeatRole,
    /// How far its holder has come in.
    pub state: SeatState,
    /// What its person is to be called.
    pub nickname: String,
    /// The seat of the student whose bot this is.
    pub bot_of: Option<SeatNumber>,
    /// The hash of the secret that opens it, if somebody has one already.
    pub secret_hash: Option<[u8; 32]>,
    /// Now.
    pub created_ms: Millis,
}

/// Makes the code of a card. Asked again if another card has it.
pub type CardMaker = fn() -> String;

/// The end of a mute that lasts until a teacher lifts it: the largest whole
/// number that every JSON reader holds exactly.
pub const MUTED_UNTIL_LIFTED: Millis = (1 << 53) - 1;

/// The columns of a [`SeatRecord`], of a table called `seats`.
pub(super) const COLUMNS: &str = "seats.number, seats.role, seats.state, seats.nickname, seats.teacher, \
                       seats.bot_of, seats.muted_until_ms, seats.created_ms";

impl NewSeat {
    /// A student's who is in, reached by a secret.
    pub fn student(nickname: &str, secret_hash: [u8; 32], created_ms: Millis) -> Self {
        Self {
            role: SeatRole::Student,
            state: SeatState::Here,
            nickname: nickname.to_owned(),
            bot_of: None,
            secret_hash: Some(secret_hash),
            created_ms,
        }
    }
}

impl SeatRole {
    pub(super) const fn stored(self) -> &'static str {
        match self {
            Self::Student => "student",
            Self::Teacher => "teacher",
            Self::Bot => "bot",
        }
    }

    fn of(stored: &str) -> Self {
        match stored {
            "teacher" => Self::Teacher,
            "bot" => Self::Bot,
            _ => Self::Student,
        }
    }
}

impl From<SeatRole> for Role {
    fn from(role: SeatRole) -> Self {
        match role {
            SeatRole::Student => Self::Student,
            SeatRole::Teacher => Self::Teacher,
            SeatRole::Bot => Self::Bot,
        }
    }
}

impl SeatState {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        self.stored()
    }

    pub(super) const fn stored(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Waiting => "waiting",
            Self::Here => "here",
            Self::Forgotten => "forgotten",
        }
    }

    fn of(stored: &str) -> Self {
        match stored {
            "invited" => Self::Invited,
            "waiting" => Self::Waiting,
            "forgotten" => Self::Forgotten,
            _ => Self::Here,
        }
    }
}

/// A seat, from [`COLUMNS`].
pub(super) fn read(row: &SqlRow<'_>) -> rusqlite::Result<SeatRecord> {
    Ok(SeatRecord {
        number: row.get(0)?,
        role: SeatRole::of(row.get_ref(1)?.as_str()?),
        state: SeatState::of(row.get_ref(2)?.as_str()?),
        nickname: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
        teacher: row.get(4)?,
        bot_of: row.get(5)?,
        muted_until_ms: row.get::<_, i64>(6)?.cast_unsigned(),
        created_ms: row.get::<_, i64>(7)?.cast_unsigned(),
    })
}
