//! Seats: one person's place in one canvas. No address is kept: whoever reads
//! the database can't tell where people were.

use place_core::cooldown::Millis;
use place_core::{SeatNumber, TeacherNumber};
use rusqlite::{Connection, OptionalExtension};

use super::job::Fault;
use super::names::free_key;
use super::nickname::nickname;
use super::record::{self, Note};
use super::seat::{COLUMNS, CardMaker, NewSeat, SeatRecord, SeatRole, read};
use super::secrets::add_secret;
use super::{Store, StoreError, cards};

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

    /// Opens the door for somebody who waits, or for all of them. Gives those
    /// who are in now.
    pub async fn admit(
        &self,
        canvas: u32,
        number: Option<SeatNumber>,
        note: Note,
    ) -> Result<Vec<SeatNumber>, StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE seats SET state = 'here' WHERE canvas = ?1 AND state = 'waiting' \
                       AND (?2 IS NULL OR number = ?2) RETURNING number";
            let mut update = conn.prepare_cached(sql)?;
            let admitted = update.query_map((canvas, number), |row| row.get(0))?;
            let admitted = admitted.collect::<Result<Vec<_>, _>>()?;
            if !admitted.is_empty() {
                let details = format!("{} people", admitted.len());
                record::insert(conn, canvas, &Note { seat: number, ..note.saying(details) })?;
            }
            Ok(admitted)
        })
        .await
    }

    /// Keeps a seat, and its bots, from writing until a moment; 0 lets them write
    /// again. Whether there is such a seat.
    pub async fn mute_seat(
        &self,
        canvas: u32,
        seat: SeatNumber,
        until_ms: Millis,
        note: Note,
    ) -> Result<bool, StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "UPDATE seats SET muted_until_ms = ?3 \
                       WHERE canvas = ?1 AND (number = ?2 OR bot_of = ?2) \
                       AND state <> 'forgotten'";
            let values = (canvas, seat, until_ms.cast_signed());
            let rows = conn.prepare_cached(sql)?.execute(values)?;
            Ok(record::of_rows(conn, canvas, rows, &note.about(seat))?)
        })
        .await
    }
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
