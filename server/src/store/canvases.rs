//! The canvases there are. What is on them is in their journals.

use place_core::cooldown::Millis;
use place_core::limits::{CANVAS_ID_MAX_BYTES, CANVAS_NAME_MAX_CHARS};
use place_core::{Batch, Canvas, TeacherNumber};
use rusqlite::{Connection, Row as SqlRow};

use super::job::Fault;
use super::row::Row;
use super::{CardMaker, Codes, NewSeat, Store, StoreError, TeamRecord, seats, sharing, teams};

/// Most canvases in one store: all are kept in memory, and a school has fewer
/// classes.
pub const CANVASES_MAX: u32 = 256;

/// One canvas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanvasRecord {
    /// Its number, from 1 on; never used again.
    pub number: u32,
    /// Its part of its address.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it was created.
    pub created_ms: Millis,
}

/// What a canvas begins with, besides its genesis.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    /// Its settings, as JSON.
    pub settings: Option<String>,
    /// How people come to it.
    pub codes: Codes,
    /// Whose it is.
    pub teacher: Option<TeacherNumber>,
    /// Its teams.
    pub teams: Vec<TeamRecord>,
    /// Its people, in the order of their seats.
    pub people: Vec<NewSeat>,
    /// Makes their cards; needed if there are people.
    pub new_card: Option<CardMaker>,
    /// What happened on it right after its genesis.
    pub batches: Vec<Batch>,
}

impl Setup {
    fn insert(
        self,
        conn: &Connection,
        canvas: u32,
        seats_max: u32,
    ) -> Result<(), Fault<StoreError>> {
        if conn
            .prepare_cached("SELECT 1 FROM canvases WHERE code = ?")?
            .exists([&self.codes.code])?
        {
            return Err(Fault::Refused(StoreError::CodeExists));
        }
        let sql = "UPDATE canvases SET settings = coalesce(?2, settings), code = ?3, link_key = ?4 \
                   WHERE number = ?1";
        let Codes { code, link_key } = self.codes;
        conn.prepare_cached(sql)?.execute((canvas, self.settings, code, link_key))?;
        if let Some(teacher) = self.teacher {
            sharing::share(conn, canvas, teacher)?;
        }
        teams::insert(conn, canvas, &self.teams)?;
        let Some(new_card) = self.new_card else { return Ok(()) };
        for seat in &self.people {
            seats::insert(conn, canvas, seat, seats_max, new_card)?;
        }
        Ok(())
    }
}

impl Store {
    /// Creates a canvas and begins its journal. Blocks on the disk.
    ///
    /// # Panics
    /// If the batch does not begin a canvas.
    pub fn create_canvas(
        &self,
        id: &str,
        name: &str,
        created_ms: Millis,
        genesis: &Batch,
    ) -> Result<CanvasRecord, StoreError> {
        self.create_canvas_with(id, name, created_ms, genesis, Setup::default())
    }

    /// The same, with everything else that it begins with: all of it or nothing.
    ///
    /// # Panics
    /// If the batches do not begin a canvas.
    pub fn create_canvas_with(
        &self,
        id: &str,
        name: &str,
        created_ms: Millis,
        genesis: &Batch,
        setup: Setup,
    ) -> Result<CanvasRecord, StoreError> {
        check_id(id)?;
        check_name(name)?;
        let mut canvas = Canvas::begin(genesis).expect("a canvas begins with its genesis batch");
        for batch in &setup.batches {
            canvas.apply(batch).expect("what a canvas begins with follows from its genesis");
        }
        let (id, name) = (id.to_owned(), name.to_owned());
        let (genesis, seats_max) = (genesis.clone(), self.0.seats_max);
        self.write_and_wait(move |conn| {
            let record = CanvasRecord { number: next_number(conn)?, id, name, created_ms };
            insert(conn, &record)?;
            Row::of(record.number, &genesis).insert(conn)?;
            for batch in &setup.batches {
                Row::of(record.number, batch).insert(conn)?;
            }
            setup.insert(conn, record.number, seats_max)?;
            Ok(record)
        })
    }

    /// All canvases, oldest first.
    pub fn canvases(&self) -> Result<Vec<CanvasRecord>, StoreError> {
        self.read(list)
    }

    /// The canvas with this id.
    pub fn canvas(&self, id: &str) -> Result<Option<CanvasRecord>, StoreError> {
        Ok(self.canvases()?.into_iter().find(|record| record.id == id))
    }

    /// Gives a canvas another name. Blocks on the disk.
    pub fn rename_canvas(&self, number: u32, name: &str) -> Result<(), StoreError> {
        check_name(name)?;
        let name = name.to_owned();
        self.write_and_wait(move |conn| {
            let sql = "UPDATE canvases SET name = ?2 WHERE number = ?1";
            match conn.prepare_cached(sql)?.execute((number, name))? {
                0 => Err(Fault::Refused(StoreError::NoSuchCanvas(number))),
                _ => Ok(()),
            }
        })
    }
}

/// All canvases, oldest first.
pub(super) fn list(conn: &Connection) -> rusqlite::Result<Vec<CanvasRecord>> {
    let sql = "SELECT number, id, name, created_ms FROM canvases ORDER BY number";
    conn.prepare_cached(sql)?.query_map((), read)?.collect()
}

fn read(row: &SqlRow<'_>) -> rusqlite::Result<CanvasRecord> {
    Ok(CanvasRecord {
        number: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        created_ms: row.get::<_, i64>(3)?.cast_unsigned(),
    })
}

fn next_number(conn: &Connection) -> Result<u32, Fault<StoreError>> {
    let sql = "SELECT count(*), max(coalesce(max(number), 0), \
               (SELECT last_canvas FROM identity)) + 1 FROM canvases";
    let (count, next): (u32, u32) =
        conn.prepare_cached(sql)?.query_row((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    if count < CANVASES_MAX { Ok(next) } else { Err(Fault::Refused(StoreError::CanvasesFull)) }
}

fn insert(conn: &Connection, record: &CanvasRecord) -> Result<(), Fault<StoreError>> {
    // The pictures of one that was deleted may not be gone yet.
    let sql = "SELECT 1 FROM canvases WHERE id = ?1 UNION SELECT 1 FROM trash WHERE id = ?1";
    let is_taken = conn.prepare_cached(sql)?.exists([&record.id])?;
    if is_taken {
        return Err(Fault::Refused(StoreError::CanvasExists(record.id.clone())));
    }
    let sql = "INSERT INTO canvases (number, id, name, created_ms) VALUES (?, ?, ?, ?)";
    let created_ms = record.created_ms.cast_signed();
    conn.prepare_cached(sql)?.execute((record.number, &record.id, &record.name, created_ms))?;
    Ok(())
}

fn check_id(id: &str) -> Result<(), StoreError> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_good = (1..=CANVAS_ID_MAX_BYTES).contains(&id.len())
        && is_plain(id.as_bytes()[0])
        && id.bytes().all(|byte| is_plain(byte) || byte == b'-');
    if is_good { Ok(()) } else { Err(StoreError::CanvasId(id.chars().take(40).collect())) }
}

fn check_name(name: &str) -> Result<(), StoreError> {
    let is_good = (1..=CANVAS_NAME_MAX_CHARS).contains(&name.chars().count());
    if is_good { Ok(()) } else { Err(StoreError::CanvasName) }
}
