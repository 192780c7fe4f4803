//! Seats: one person's place in one canvas, reached by a secret.
//!
//! Only a hash of the secret is kept, and no address: whoever reads the
//! database can't take anybody's seat, nor tell where people were.

use place_core::cooldown::Millis;
use place_core::wire::lesson::Role;
use place_core::{SeatNumber, TeacherNumber};
use rusqlite::{Connection, OptionalExtension, Row as SqlRow};

use super::job::Fault;
use super::nickname::{nickname, nickname_key};
use super::{Store, StoreError, cards};

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

/// Most secrets of one seat: a person's laptop, phone and home, and two more. A
/// further one ends the oldest.
pub const SECRETS_MAX: u32 = 5;

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
        new: NewSeat,
        new_card: CardMaker,
    ) -> Result<SeatRecord, StoreError> {
        let mut seats = self.create_seats(canvas, vec![new], new_card).await?;
        Ok(seats.pop().expect("a seat was made"))
    }

    /// Makes seats, in this order: all of them or none.
    pub async fn create_seats(
        &self,
        canvas: u32,
        seats: Vec<NewSeat>,
        new_card: CardMaker,
    ) -> Result<Vec<SeatRecord>, StoreError> {
        let seats_max = self.0.seats_max;
        self.write((0, 0), move |conn| {
            canvas_exists(conn, canvas)?;
            let make = |new| insert(conn, canvas, new, seats_max, new_card);
            seats.iter().map(make).collect()
        })
        .await
    }

    /// The seat of a teacher, made if there is none yet.
    pub async fn seat_for_teacher(
        &self,
        canvas: u32,
        teacher: TeacherNumber,
        created_ms: Millis,
    ) -> Result<SeatRecord, StoreError> {
        let seats_max = self.0.seats_max;
        self.write((0, 0), move |conn| {
            canvas_exists(conn, canvas)?;
            if let Some(seat) = of_teacher(conn, canvas, teacher)? {
                return Ok(seat);
            }
            let name = "SELECT name FROM teachers WHERE number = ?";
            let name: Option<String> =
                conn.prepare_cached(name)?.query_row([teacher], |row| row.get(0)).optional()?;
            let name = name.ok_or(Fault::Refused(StoreError::NoSuchTeacher))?;
            let number = next_number(conn, canvas, seats_max)?;
            let sql = "INSERT INTO seats \
                       (canvas, number, role, state, nickname, teacher, created_ms) \
                       VALUES (?, ?, 'teacher', 'here', ?, ?, ?)";
            let values = (canvas, number, name, teacher, created_ms.cast_signed());
            conn.prepare_cached(sql)?.execute(values)?;
            of_teacher(conn, canvas, teacher)?.ok_or(Fault::Refused(StoreError::NoSuchSeat(number)))
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
        self.read(|conn| of_teacher(conn, canvas, teacher))
    }

    /// One seat.
    pub fn seat(&self, canvas: u32, number: SeatNumber) -> Result<Option<SeatRecord>, StoreError> {
        self.read(|conn| find(conn, canvas, number))
    }

    /// How many seats a canvas has, and so the highest number of one.
    pub fn seats(&self, canvas: u32) -> Result<u32, StoreError> {
        self.read(|conn| count(conn, canvas))
    }

    /// All seats of a canvas but those that were forgotten, by number.
    pub fn people(&self, canvas: u32) -> Result<Vec<SeatRecord>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM seats WHERE canvas = ? AND state <> 'forgotten' ORDER BY number"
        );
        self.read(|conn| conn.prepare_cached(&sql)?.query_map([canvas], read)?.collect())
    }

    /// How many students have a seat in a canvas and were not forgotten.
    pub fn students(&self, canvas: u32) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM seats \
                   WHERE canvas = ? AND role = 'student' AND state <> 'forgotten'";
        self.read(|conn| conn.prepare_cached(sql)?.query_row([canvas], |row| row.get(0)))
    }

    /// Gives a seat another nickname.
    pub async fn rename_seat(
        &self,
        canvas: u32,
        number: SeatNumber,
        name: &str,
    ) -> Result<(), StoreError> {
        let name = nickname(name)?;
        self.write((0, 0), move |conn| {
            let key = free_key(conn, canvas, &name, Some(number))?;
            let sql = "UPDATE seats SET nickname = ?3, nickname_key = ?4 \
                       WHERE canvas = ?1 AND number = ?2 \
                       AND state <> 'forgotten' AND role <> 'teacher'";
            match conn.prepare_cached(sql)?.execute((canvas, number, name, key))? {
                0 => Err(Fault::Refused(StoreError::NoSuchSeat(number))),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Opens the door for somebody who waits, or for all of them. Gives those
    /// who are in now.
    pub async fn admit(
        &self,
        canvas: u32,
        number: Option<SeatNumber>,
    ) -> Result<Vec<SeatNumber>, StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE seats SET state = 'here' WHERE canvas = ?1 AND state = 'waiting' \
                       AND (?2 IS NULL OR number = ?2) RETURNING number";
            let mut update = conn.prepare_cached(sql)?;
            let admitted = update.query_map((canvas, number), |row| row.get(0))?;
            Ok(admitted.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Gives a seat one more secret.
    pub async fn add_secret(
        &self,
        canvas: u32,
        number: SeatNumber,
        secret_hash: [u8; 32],
        now: Millis,
    ) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| Ok(add_secret(conn, canvas, number, secret_hash, now)?))
            .await
    }

    /// Ends one secret: somebody leaves a shared machine.
    pub async fn end_secret(&self, canvas: u32, secret_hash: [u8; 32]) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "DELETE FROM seat_secrets WHERE canvas = ? AND secret_hash = ?";
            conn.prepare_cached(sql)?.execute((canvas, secret_hash))?;
            Ok(())
        })
        .await
    }

    /// Ends all secrets of a seat: only its card opens it again.
    pub async fn end_secrets(&self, canvas: u32, number: SeatNumber) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| Ok(end_secrets(conn, canvas, number)?)).await
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

pub(super) fn find(
    conn: &Connection,
    canvas: u32,
    number: SeatNumber,
) -> rusqlite::Result<Option<SeatRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM seats WHERE canvas = ? AND number = ?");
    conn.prepare_cached(&sql)?.query_row((canvas, number), read).optional()
}

fn of_teacher(
    conn: &Connection,
    canvas: u32,
    teacher: TeacherNumber,
) -> rusqlite::Result<Option<SeatRecord>> {
    let sql = format!("SELECT {COLUMNS} FROM seats WHERE canvas = ? AND teacher = ?");
    conn.prepare_cached(&sql)?.query_row((canvas, teacher), read).optional()
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

fn canvas_exists(conn: &Connection, canvas: u32) -> Result<(), Fault<StoreError>> {
    let exists =
        conn.prepare_cached("SELECT 1 FROM canvases WHERE number = ?")?.exists([canvas])?;
    if exists { Ok(()) } else { Err(Fault::Refused(StoreError::NoSuchCanvas(canvas))) }
}

/// Makes a seat.
pub(super) fn insert(
    conn: &Connection,
    canvas: u32,
    new: &NewSeat,
    seats_max: u32,
    new_card: CardMaker,
) -> Result<SeatRecord, Fault<StoreError>> {
    let name = nickname(&new.nickname).map_err(Fault::Refused)?;
    let number = next_number(conn, canvas, seats_max)?;
    let key = free_key(conn, canvas, &name, None)?;
    let sql = "INSERT INTO seats \
               (canvas, number, role, state, nickname, nickname_key, bot_of, created_ms) \
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    conn.prepare_cached(sql)?.execute((
        canvas,
        number,
        new.role.stored(),
        new.state.stored(),
        &name,
        key,
        new.bot_of,
        new.created_ms.cast_signed(),
    ))?;
    if let Some(secret_hash) = new.secret_hash {
        let sql = "SELECT 1 FROM seat_secrets WHERE canvas = ? AND secret_hash = ?";
        if conn.prepare_cached(sql)?.exists((canvas, secret_hash))? {
            return Err(Fault::Refused(StoreError::SeatExists));
        }
        add_secret(conn, canvas, number, secret_hash, new.created_ms)?;
    }
    if new.role == SeatRole::Student {
        cards::give(conn, canvas, number, new_card)?;
    }
    Ok(SeatRecord {
        number,
        role: new.role,
        state: new.state,
        nickname: name,
        teacher: None,
        bot_of: new.bot_of,
        muted_until_ms: 0,
        created_ms: new.created_ms,
    })
}

/// The key of a name that nobody else in the canvas has, and none of its
/// teachers: nobody is to be taken for the teacher.
fn free_key(
    conn: &Connection,
    canvas: u32,
    name: &str,
    own: Option<SeatNumber>,
) -> Result<String, Fault<StoreError>> {
    let key = nickname_key(name);
    let sql = "SELECT 1 FROM seats WHERE canvas = ?1 AND nickname_key = ?2 AND number IS NOT ?3";
    let is_taken = conn.prepare_cached(sql)?.exists((canvas, &key, own))?;
    if is_taken || is_a_teacher_s(conn, canvas, &key)? {
        return Err(Fault::Refused(StoreError::NicknameTaken(name.to_owned())));
    }
    Ok(key)
}

/// Whether a teacher who may come to the canvas is called so: one of its own, or
/// any, if it belongs to all of them.
fn is_a_teacher_s(conn: &Connection, canvas: u32, key: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT name FROM teachers WHERE \
               number IN (SELECT teacher FROM canvas_teachers WHERE canvas = ?1) \
               OR NOT EXISTS (SELECT 1 FROM canvas_teachers WHERE canvas = ?1)";
    let mut names = conn.prepare_cached(sql)?;
    let mut names = names.query([canvas])?;
    while let Some(row) = names.next()? {
        if nickname_key(row.get_ref(0)?.as_str()?) == key {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn add_secret(
    conn: &Connection,
    canvas: u32,
    seat: SeatNumber,
    secret_hash: [u8; 32],
    now: Millis,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM seat_secrets WHERE canvas = ?1 AND secret_hash IN \
               (SELECT secret_hash FROM seat_secrets WHERE canvas = ?1 AND seat = ?2 \
                ORDER BY created_ms DESC LIMIT -1 OFFSET ?3)";
    conn.prepare_cached(sql)?.execute((canvas, seat, SECRETS_MAX - 1))?;
    let sql = "INSERT INTO seat_secrets (canvas, secret_hash, seat, created_ms) \
               VALUES (?, ?, ?, ?)";
    conn.prepare_cached(sql)?.execute((canvas, secret_hash, seat, now.cast_signed()))?;
    Ok(())
}

pub(super) fn end_secrets(
    conn: &Connection,
    canvas: u32,
    seat: SeatNumber,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM seat_secrets WHERE canvas = ? AND seat = ?";
    conn.prepare_cached(sql)?.execute((canvas, seat))?;
    Ok(())
}

/// Gives the seats of a database that knew no such thing the keys of their
/// nicknames. Of those that are called the same, the first has the key.
pub(super) fn name_all(conn: &Connection) -> rusqlite::Result<()> {
    let sql = "SELECT canvas, number, nickname FROM seats \
               WHERE nickname_key IS NULL AND nickname IS NOT NULL AND role <> 'teacher'";
    let read = |row: &SqlRow<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let unnamed: Vec<(u32, SeatNumber, String)> =
        conn.prepare(sql)?.query_map((), read)?.collect::<Result<_, _>>()?;
    let sql = "UPDATE OR IGNORE seats SET nickname_key = ?3 WHERE canvas = ?1 AND number = ?2";
    let mut update = conn.prepare(sql)?;
    for (canvas, number, name) in unnamed {
        update.execute((canvas, number, nickname_key(&name)))?;
    }
    Ok(())
}
