//! Deleting canvases: all at once for everybody who looks, and with everything
//! about people; what is large, the journal and the checkpoints, goes piece by
//! piece behind it.

use rusqlite::{Connection, OptionalExtension};

use super::forget::thoroughly;
use super::job::Fault;
use super::row::key;
use super::{Store, StoreError};

/// Rows of the journal that go in one commit: a few milliseconds, so that
/// nobody's placements wait longer.
const ROWS_AT_ONCE: u32 = 500;

/// A canvas that was deleted, and is not all gone yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trash {
    /// Its number, which no other canvas gets.
    pub canvas: u32,
    /// Its id, which no other canvas gets before this one is gone.
    pub id: String,
}

impl Store {
    /// Deletes a canvas: its people, teams, words, settings, record and name at
    /// once, or nothing of it. The rest is [`Trash`]. Blocks on the disk.
    pub fn delete_canvas(&self, canvas: u32) -> Result<(), StoreError> {
        let shared = std::sync::Arc::clone(&self.0.shared);
        self.write_and_wait(move |conn| {
            shared.empty_log();
            thoroughly(conn, |conn| delete(conn, canvas))
        })?;
        // The names are gone from what is in use, whatever comes of this.
        Ok(super::wait_for(self.blank_free_pages())?)
    }

    /// What is left of deleted canvases.
    pub fn trash(&self) -> Result<Vec<Trash>, StoreError> {
        self.read(|conn| {
            let read = |row: &rusqlite::Row<'_>| Ok(Trash { canvas: row.get(0)?, id: row.get(1)? });
            conn.prepare_cached("SELECT canvas, id FROM trash ORDER BY canvas")?
                .query_map((), read)?
                .collect()
        })
    }

    /// Removes what is left of a deleted canvas in the database. Blocks on the
    /// disk, for seconds if much was drawn; others write in between.
    pub fn empty_trash(&self, canvas: u32) -> Result<(), StoreError> {
        while self.write_and_wait(move |conn| Ok(remove_some(conn, canvas)?))? {}
        Ok(())
    }

    /// Lets go of a deleted canvas's id, once nothing of it is left anywhere.
    /// Blocks on the disk.
    pub fn forget_trash(&self, canvas: u32) -> Result<(), StoreError> {
        self.write_and_wait(move |conn| {
            conn.prepare_cached("DELETE FROM trash WHERE canvas = ?")?.execute([canvas])?;
            Ok(())
        })
    }
}

fn delete(conn: &Connection, canvas: u32) -> Result<(), Fault<StoreError>> {
    let sql = "SELECT id FROM canvases WHERE number = ?";
    let id: Option<String> =
        conn.prepare_cached(sql)?.query_row([canvas], |row| row.get(0)).optional()?;
    let id = id.ok_or(Fault::Refused(StoreError::NoSuchCanvas(canvas)))?;
    for table in [
        "reports",
        "chat",
        "announcements",
        "record",
        "teams",
        "cards",
        "former_names",
        "seat_secrets",
        "seats",
        "canvas_teachers",
        "checkpoints",
    ] {
        conn.execute(&format!("DELETE FROM {table} WHERE canvas = ?"), [canvas])?;
    }
    conn.execute("DELETE FROM canvases WHERE number = ?", [canvas])?;
    conn.execute("UPDATE identity SET last_canvas = max(last_canvas, ?)", [canvas])?;
    conn.execute("INSERT INTO trash (canvas, id) VALUES (?, ?)", (canvas, id))?;
    Ok(())
}

/// Removes some rows; tells whether there may be more.
fn remove_some(conn: &Connection, canvas: u32) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM journal WHERE key IN \
               (SELECT key FROM journal WHERE key >= ?1 AND key < ?2 LIMIT ?3)";
    let range = (key(canvas, 0), key(canvas + 1, 0), ROWS_AT_ONCE);
    if conn.prepare_cached(sql)?.execute(range)? > 0 {
        return Ok(true);
    }
    let sql = "DELETE FROM checkpoint_parts WHERE (canvas, seq, part) IN \
               (SELECT canvas, seq, part FROM checkpoint_parts WHERE canvas = ? LIMIT 1)";
    Ok(conn.prepare_cached(sql)?.execute([canvas])? > 0)
}
