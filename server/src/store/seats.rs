//! Seats: one person's place in one canvas, reached by a secret.
//!
//! Only a hash of the secret is kept, and no address: whoever reads the
//! database can't take anybody's seat, nor tell where people were.

use place_core::cooldown::Millis;
use place_core::limits::NICKNAME_MAX_CHARS;
use place_core::wire::lesson::Role;
use place_core::{SeatNumber, TeacherNumber};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::{Store, StoreError};

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
    /// What its person wants to be called; empty for one who was forgotten.
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

/// The end of a mute that lasts until a teacher lifts it: the largest whole
/// number that every JSON reader holds exactly.
pub const MUTED_UNTIL_LIFTED: Millis = (1 << 53) - 1;

/// The columns of a [`SeatRecord`], of a table called `seats`.
pub(super) const COLUMNS: &str = "seats.number, seats.role, seats.state, seats.nickname, seats.teacher, \
                       seats.bot_of, seats.muted_until_ms, seats.created_ms";

impl SeatRole {
    const fn stored(self) -> &'static str {
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

    const fn stored(self) -> &'static str {
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

impl Store {
    /// Gives somebody a seat.
    pub async fn create_seat(
        &self,
        canvas: u32,
        nickname: &str,
        secret_hash: [u8; 32],
        created_ms: Millis,
    ) -> Result<SeatRecord, StoreError> {
        check_nickname(nickname)?;
        let seats_max = self.0.seats_max;
        let nickname = nickname.to_owned();
        self.write((0, 0), move |conn| {
            let number = next_number(conn, canvas, seats_max)?;
            let seat = SeatRecord {
                number,
                role: SeatRole::Student,
                state: SeatState::Here,
                nickname,
                teacher: None,
                bot_of: None,
                muted_until_ms: 0,
                created_ms,
            };
            insert(conn, canvas, &seat, secret_hash)?;
            Ok(seat)
        })
        .await
    }

    /// The seat that a secret opens.
    pub fn seat_by_secret(
        &self,
        canvas: u32,
        secret_hash: [u8; 32],
    ) -> Result<Option<SeatRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM seat_secrets JOIN seats \
             ON seats.canvas = seat_secrets.canvas AND seats.number = seat_secrets.seat \
             WHERE seat_secrets.canvas = ? AND seat_secrets.secret_hash = ?"
        );
        self.read(|conn| {
            conn.prepare_cached(&sql)?.query_row((canvas, secret_hash), read).optional()
        })
    }

    /// A teacher's seat.
    pub fn seat_of_teacher(
        &self,
        canvas: u32,
        teacher: TeacherNumber,
    ) -> Result<Option<SeatRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM seats WHERE canvas = ? AND teacher = ?");
        self.read(|conn| conn.prepare_cached(&sql)?.query_row((canvas, teacher), read).optional())
    }

    /// One seat.
    pub fn seat(&self, canvas: u32, number: SeatNumber) -> Result<Option<SeatRecord>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM seats WHERE canvas = ? AND number = ?");
        self.read(|conn| conn.prepare_cached(&sql)?.query_row((canvas, number), read).optional())
    }

    /// How many seats a canvas has.
    pub fn seats(&self, canvas: u32) -> Result<u32, StoreError> {
        self.read(|conn| count(conn, canvas))
    }

    /// Gives a seat another nickname.
    pub async fn rename_seat(
        &self,
        canvas: u32,
        number: SeatNumber,
        nickname: &str,
    ) -> Result<(), StoreError> {
        check_nickname(nickname)?;
        let nickname = nickname.to_owned();
        self.write((0, 0), move |conn| {
            let sql = "UPDATE seats SET nickname = ?3 WHERE canvas = ?1 AND number = ?2";
            match conn.prepare_cached(sql)?.execute((canvas, number, nickname))? {
                0 => Err(Fault::Refused(StoreError::NoSuchSeat(number))),
                _ => Ok(()),
            }
        })
        .await
    }
}

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

/// Numbers are dense and never given back, so the highest is the count.
fn count(conn: &Connection, canvas: u32) -> rusqlite::Result<u32> {
    let sql = "SELECT coalesce(max(number), 0) FROM seats WHERE canvas = ?";
    conn.prepare_cached(sql)?.query_row([canvas], |row| row.get(0))
}

fn next_number(
    conn: &Connection,
    canvas: u32,
    seats_max: u32,
) -> Result<SeatNumber, Fault<StoreError>> {
    let taken = count(conn, canvas)?;
    if taken < seats_max {
        Ok(taken + 1)
    } else {
        Err(Fault::Refused(StoreError::SeatsFull(seats_max)))
    }
}

fn insert(
    conn: &Connection,
    canvas: u32,
    seat: &SeatRecord,
    secret_hash: [u8; 32],
) -> Result<(), Fault<StoreError>> {
    let mut canvas_exists = conn.prepare_cached("SELECT 1 FROM canvases WHERE number = ?")?;
    if !canvas_exists.exists([canvas])? {
        return Err(Fault::Refused(StoreError::NoSuchCanvas(canvas)));
    }
    let mut secret_exists =
        conn.prepare_cached("SELECT 1 FROM seat_secrets WHERE canvas = ? AND secret_hash = ?")?;
    if secret_exists.exists((canvas, secret_hash))? {
        return Err(Fault::Refused(StoreError::SeatExists));
    }
    let sql = "INSERT INTO seats (canvas, number, role, state, nickname, created_ms) \
               VALUES (?, ?, ?, ?, ?, ?)";
    let created_ms = seat.created_ms.cast_signed();
    let (role, state) = (seat.role.stored(), seat.state.stored());
    conn.prepare_cached(sql)?.execute((
        canvas,
        seat.number,
        role,
        state,
        &seat.nickname,
        created_ms,
    ))?;
    let sql = "INSERT INTO seat_secrets (canvas, secret_hash, seat, created_ms) \
               VALUES (?, ?, ?, ?)";
    conn.prepare_cached(sql)?.execute((canvas, secret_hash, seat.number, created_ms))?;
    Ok(())
}

fn check_nickname(nickname: &str) -> Result<(), StoreError> {
    let is_good = (1..=NICKNAME_MAX_CHARS).contains(&nickname.chars().count());
    if is_good { Ok(()) } else { Err(StoreError::Nickname) }
}
