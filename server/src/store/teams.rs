//! Teams: what they are called. What they may do to cells is in the journal.

use rusqlite::Connection;

use super::{Store, StoreError, TeamRecord};

impl Store {
    /// Gives a canvas other teams in place of those it has.
    pub async fn set_teams(&self, canvas: u32, teams: Vec<TeamRecord>) -> Result<(), StoreError> {
        self.write((0, 0), move |conn| {
            conn.prepare_cached("DELETE FROM teams WHERE canvas = ?")?.execute([canvas])?;
            Ok(insert(conn, canvas, &teams)?)
        })
        .await
    }
}

pub(super) fn insert(conn: &Connection, canvas: u32, teams: &[TeamRecord]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO teams (canvas, number, name, color) VALUES (?, ?, ?, ?)";
    let mut insert = conn.prepare_cached(sql)?;
    for team in teams {
        insert.execute((canvas, team.number, &team.name, &team.color))?;
    }
    Ok(())
}
