//! Whose canvases are whose. A canvas without teachers belongs to all of them.

use place_core::TeacherNumber;
use rusqlite::Connection;

use super::job::Fault;
use super::{Store, StoreError};

impl Store {
    /// The teachers of a canvas, in the order of their numbers.
    pub fn teachers_of(&self, canvas: u32) -> Result<Vec<TeacherNumber>, StoreError> {
        self.read(|conn| {
            let sql = "SELECT teacher FROM canvas_teachers WHERE canvas = ? ORDER BY teacher";
            conn.prepare_cached(sql)?.query_map([canvas], |row| row.get(0))?.collect()
        })
    }

    /// Whether a canvas is a teacher's, alone or with others.
    pub fn is_teacher_of(&self, canvas: u32, teacher: TeacherNumber) -> Result<bool, StoreError> {
        let teachers = self.teachers_of(canvas)?;
        Ok(teachers.is_empty() || teachers.contains(&teacher))
    }

    /// Makes a canvas a teacher's, too.
    pub async fn share_canvas(
        &self,
        canvas: u32,
        teacher: TeacherNumber,
    ) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let known = "SELECT 1 FROM teachers WHERE number = ?";
            if !conn.prepare_cached(known)?.exists([teacher])? {
                return Err(Fault::Refused(StoreError::NoSuchTeacher));
            }
            Ok(share(conn, canvas, teacher)?)
        })
        .await
    }

    /// Takes a canvas from a teacher; the last one keeps it.
    pub async fn unshare_canvas(
        &self,
        canvas: u32,
        teacher: TeacherNumber,
    ) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            let sql = "DELETE FROM canvas_teachers WHERE canvas = ?1 AND teacher = ?2 \
                       AND (SELECT count(*) FROM canvas_teachers WHERE canvas = ?1) > 1";
            match conn.prepare_cached(sql)?.execute((canvas, teacher))? {
                0 => Err(Fault::Refused(StoreError::LastTeacher)),
                _ => Ok(()),
            }
        })
        .await
    }
}

pub(super) fn share(
    conn: &Connection,
    canvas: u32,
    teacher: TeacherNumber,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO canvas_teachers (canvas, teacher) VALUES (?, ?)";
    conn.prepare_cached(sql)?.execute((canvas, teacher))?;
    Ok(())
}
