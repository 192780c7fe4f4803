//! The database's layout: what marks it as ours, its settings and numbered
//! migrations.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{OpenError, names};

/// Marks a `SQLite` file as PLACE's: "PLAC".
pub(super) const APPLICATION_ID: u32 = 0x504c_4143;

/// Each migration leads from the schema of its index to the next; `user_version`
/// is the number of those done. A released one is never changed.
const MIGRATIONS: &[&str] = &[V1, V2, V3];

/// A journal row's key is its canvas's number and the seq of its first entry in
/// one integer, so that the table itself is the index: 23 bits of canvas, 40
/// bits of seq.
///
/// Checkpoints lie in parts, each written in a commit of its own, so that
/// placements never wait behind a large one; a checkpoint exists once its row
/// does.
///
/// The history names what the journals tell. A restored backup gets a new name:
/// what its seqs mean from then on is not what they meant to those who saw the
/// other future.
const V1: &str = "
CREATE TABLE canvases (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE journal (
    key INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE TABLE seats (
    canvas INTEGER NOT NULL REFERENCES canvases (number),
    number INTEGER NOT NULL,
    secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
    nickname TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (canvas, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX seats_by_secret ON seats (canvas, secret_hash);
CREATE TABLE checkpoints (
    canvas INTEGER NOT NULL REFERENCES canvases (number),
    seq INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (canvas, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoint_parts (
    canvas INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    part INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (canvas, seq, part)
) STRICT, WITHOUT ROWID;
CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    history TEXT NOT NULL
) STRICT;
INSERT INTO identity VALUES (1, lower(hex(randomblob(8))));
CREATE TABLE probe (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    body BLOB NOT NULL
) STRICT;
";

/// Teachers, the keys that open their desks, and the canvases that they share;
/// what a canvas's lesson is like; its people, teams and what they said.
///
/// Numbers of canvases, teachers, messages and announcements are never used
/// again: journals and records name them. What was large about a canvas that was
/// deleted, its journal, checkpoints and pictures, goes piece by piece; until it
/// has, the canvas is in `trash`. Names and secrets of people stand in `seats`,
/// `cards` and `seat_secrets` alone, and what they wrote in `chat` alone, so
/// that forgetting somebody is a matter of these. `blanks` holds zeros, while
/// free pages are overwritten with them.
const V2: &str = "
CREATE TABLE teachers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('login', 'token', 'link')),
    teacher INTEGER REFERENCES teachers (number),
    secret_hash BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    label TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX keys_by_teacher ON keys (teacher, kind);
CREATE TABLE canvas_teachers (
    canvas INTEGER NOT NULL REFERENCES canvases (number),
    teacher INTEGER NOT NULL REFERENCES teachers (number),
    PRIMARY KEY (canvas, teacher)
) STRICT, WITHOUT ROWID;

ALTER TABLE canvases ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE canvases ADD COLUMN code TEXT;
ALTER TABLE canvases ADD COLUMN link_key TEXT;
ALTER TABLE canvases ADD COLUMN hours_done_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN last_canvas INTEGER NOT NULL DEFAULT 0;
CREATE TABLE trash (
    canvas INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT;
CREATE UNIQUE INDEX canvases_by_code ON canvases (code) WHERE code IS NOT NULL;

CREATE TABLE seats_2 (
    canvas INTEGER NOT NULL REFERENCES canvases (number),
    number INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('student', 'teacher', 'bot')),
    state TEXT NOT NULL CHECK (state IN ('invited', 'waiting', 'here', 'forgotten')),
    nickname TEXT,
    nickname_key TEXT,
    teacher INTEGER REFERENCES teachers (number),
    bot_of INTEGER,
    muted_until_ms INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (canvas, number)
) STRICT, WITHOUT ROWID;
INSERT INTO seats_2 (canvas, number, role, state, nickname, nickname_key, created_ms)
    SELECT canvas, number, 'student', 'here', nickname, NULL, created_ms FROM seats;
CREATE TABLE seat_secrets (
    canvas INTEGER NOT NULL,
    secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
    seat INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (canvas, secret_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO seat_secrets (canvas, secret_hash, seat, created_ms)
    SELECT canvas, secret_hash, number, created_ms FROM seats;
DROP TABLE seats;
ALTER TABLE seats_2 RENAME TO seats;
CREATE UNIQUE INDEX seats_by_nickname ON seats (canvas, nickname_key)
    WHERE nickname_key IS NOT NULL;
CREATE UNIQUE INDEX seats_by_teacher ON seats (canvas, teacher) WHERE teacher IS NOT NULL;
CREATE INDEX seat_secrets_by_seat ON seat_secrets (canvas, seat);
CREATE TABLE cards (
    canvas INTEGER NOT NULL,
    seat INTEGER NOT NULL,
    code TEXT NOT NULL UNIQUE,
    PRIMARY KEY (canvas, seat)
) STRICT, WITHOUT ROWID;

CREATE TABLE teams (
    canvas INTEGER NOT NULL REFERENCES canvases (number),
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    color TEXT NOT NULL,
    PRIMARY KEY (canvas, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE chat (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    canvas INTEGER NOT NULL REFERENCES canvases (number),
    channel INTEGER NOT NULL,
    seat INTEGER NOT NULL,
    teacher INTEGER,
    team INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    text TEXT NOT NULL,
    reply_to INTEGER,
    mentions TEXT NOT NULL DEFAULT '[]',
    deleted_by INTEGER,
    deleted_ms INTEGER
) STRICT;
CREATE INDEX chat_by_canvas ON chat (canvas, id);
CREATE INDEX chat_by_channel ON chat (canvas, channel, id);
CREATE TABLE reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    canvas INTEGER NOT NULL REFERENCES canvases (number),
    message INTEGER NOT NULL REFERENCES chat (id),
    seat INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    done_ms INTEGER,
    UNIQUE (message, seat)
) STRICT;
CREATE INDEX reports_open ON reports (canvas, id) WHERE done_ms IS NULL;
CREATE TABLE announcements (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    canvas INTEGER REFERENCES canvases (number),
    teacher INTEGER,
    text TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE record (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    canvas INTEGER NOT NULL REFERENCES canvases (number),
    at_ms INTEGER NOT NULL,
    teacher INTEGER,
    seat INTEGER,
    what TEXT NOT NULL,
    details TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX record_by_canvas ON record (canvas, at_ms);
CREATE TABLE blanks (
    id INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;
";

/// What people were called before, so that it can be forgotten with them; and what
/// teachers can take back for a while: a deleted message's text, secrets of those
/// who were sent out, and when somebody at the door was refused. Each of these has
/// an index of its own, so that what is over is found without a search.
const V3: &str = "
CREATE TABLE former_names (
    canvas INTEGER NOT NULL,
    seat INTEGER NOT NULL,
    nickname TEXT NOT NULL,
    PRIMARY KEY (canvas, seat, nickname)
) STRICT, WITHOUT ROWID;
ALTER TABLE chat ADD COLUMN was TEXT;
CREATE INDEX chat_to_erase ON chat (deleted_ms) WHERE was IS NOT NULL;
ALTER TABLE seat_secrets ADD COLUMN ended_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX seat_secrets_to_erase ON seat_secrets (ended_ms) WHERE ended_ms > 0;
ALTER TABLE seats ADD COLUMN refused_ms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX seats_to_erase ON seats (refused_ms) WHERE refused_ms > 0;
";

/// How long to wait for another process, which only ever has the database
/// locked for a moment while it opens or closes it.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The write-ahead log is cut down to this size when it starts over after a
/// backup or a check held it up, in bytes.
const LOG_KEPT_BYTES: u32 = 64 * 1024 * 1024;

/// Opens the database for its one writer: creates it, or brings it up to the
/// present schema.
pub(super) fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let address = careful_address(path);
    let mut conn =
        Connection::open_with_flags(address, flags).map_err(OpenError::database(path))?;
    let is_new = is_empty(&conn).map_err(OpenError::database(path))?;
    if !is_new {
        recognize(&conn, path)?;
    }
    configure_writer(&conn).map_err(OpenError::database(path))?;
    migrate(&mut conn, MIGRATIONS).map_err(OpenError::database(path))?;
    name_all(&mut conn).map_err(OpenError::database(path))?;
    Ok(conn)
}

/// The database's address with "power-safe overwrite" switched off
/// (<https://www.sqlite.org/psow.html>). With it, commits share disk sectors,
/// and a power cut that ruins the sector under the head, as memory cards and
/// worn sticks have it, takes the end of an earlier commit along: one that
/// people were told of. Without it each commit fills its last sector up: one
/// page more, and no sync more.
fn careful_address(path: &Path) -> String {
    use std::fmt::Write;
    let mut address = "file:".to_owned();
    if path.is_absolute() {
        // An empty host, or two slashes at the beginning would name one.
        address.push_str("//");
    }
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                address.push(char::from(*byte));
            }
            byte => write!(address, "%{byte:02x}").expect("writing to memory does not fail"),
        }
    }
    address + "?psow=0"
}

/// Opens a database for reading, also while another process writes it.
pub(super) fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    if !path.is_file() {
        return Err(OpenError::Missing(path.to_owned()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(OpenError::database(path))?;
    conn.busy_timeout(BUSY_TIMEOUT).map_err(OpenError::database(path))?;
    recognize(&conn, path)?;
    Ok(conn)
}

/// The name of the history.
pub(super) fn history(conn: &Connection) -> rusqlite::Result<String> {
    conn.query_row("SELECT history FROM identity", (), |row| row.get(0))
}

/// Begins another history in a database that nobody uses.
pub(super) fn begin_history(path: &Path) -> rusqlite::Result<()> {
    let conn = Connection::open(path)?;
    rename_history(&conn)?;
    // What is not in the file itself would not be renamed with it.
    conn.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
}

/// Gives the history another name: what its seqs mean is not what they meant.
pub(super) fn rename_history(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute("UPDATE identity SET history = lower(hex(randomblob(8)))", ()).map(|_| ())
}

/// Makes sure that a file is ours and not from the future.
fn recognize(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let marks = (|| Ok((pragma(conn, "application_id")?, pragma(conn, "user_version")?)))();
    let (application, found) = match marks {
        Ok(marks) => marks,
        Err(error) if is_foreign(&error) => return Err(OpenError::Foreign(path.to_owned())),
        Err(error) => return Err(OpenError::database(path)(error)),
    };
    let known = MIGRATIONS.len() as u32;
    if application != APPLICATION_ID || found == 0 {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    Ok(())
}

fn is_foreign(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase)
}

/// Whether nothing was ever stored: also after a crash in the first moment.
fn is_empty(conn: &Connection) -> rusqlite::Result<bool> {
    let count = || conn.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0));
    match count() {
        Ok(0u32) => Ok(pragma(conn, "application_id")? == 0),
        Ok(_) => Ok(false),
        // Something is there; `recognize` says what.
        Err(error) if is_foreign(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn pragma(conn: &Connection, name: &str) -> rusqlite::Result<u32> {
    conn.pragma_query_value(None, name, |row| row.get(0))
}

fn configure_writer(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // A commit returns when the disk has it, not when the kernel has.
    conn.pragma_update(None, "synchronous", "FULL")?;
    // The writer carries the log over itself, after it has answered.
    conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    conn.pragma_update_and_check(None, "journal_size_limit", LOG_KEPT_BYTES, |_| Ok(()))?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // What is deleted or written over is gone from its page. Pages that become
    // free keep what they had: see `forget`, which empties those, too.
    conn.pragma_update_and_check(None, "secure_delete", "FAST", |_| Ok(()))?;
    // Needs no other writable folder than the data folder.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "trusted_schema", false)
}

/// Does the migrations that were not done yet. Each is done whole, with its
/// number, or not at all.
fn migrate(conn: &mut Connection, migrations: &[&str]) -> rusqlite::Result<()> {
    let done = pragma(conn, "user_version")?;
    for (version, migration) in (1u32..).zip(migrations).skip(done as usize) {
        let change = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute_batch(migration)?;
        change.pragma_update(None, "application_id", APPLICATION_ID)?;
        change.pragma_update(None, "user_version", version)?;
        change.commit()?;
    }
    Ok(())
}

/// Names everybody in one commit: one each would be one sync each, and a large
/// school would wait for minutes.
fn name_all(conn: &mut Connection) -> rusqlite::Result<()> {
    let change = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    names::name_all(&change)?;
    change.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A later migration, for the tests of how one is done.
    const LATER: &str = "ALTER TABLE canvases ADD COLUMN color TEXT; DROP TABLE probe;";

    /// The migrations of today, and one more.
    fn with_later(later: &str) -> Vec<&str> {
        MIGRATIONS.iter().copied().chain([later]).collect()
    }

    /// A database of today, with a canvas.
    fn of_today(path: &Path) -> Connection {
        let conn = open_writer(path).expect("opens");
        let sql = "INSERT INTO canvases (number, id, name, created_ms) VALUES (1, 'a', 'A', 5)";
        conn.execute(sql, ()).expect("inserts");
        conn
    }

    fn names(conn: &Connection) -> Vec<String> {
        let sql = "SELECT name FROM sqlite_schema ORDER BY name";
        let mut statement = conn.prepare(sql).expect("reads");
        let names = statement.query_map((), |row| row.get(0)).expect("reads");
        names.collect::<Result<_, _>>().expect("reads")
    }

    #[test]
    fn a_migration_keeps_what_is_there() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut conn = of_today(&dir.path().join("place.db"));
        for _ in 0..2 {
            migrate(&mut conn, &with_later(LATER)).expect("migrates");
            assert_eq!(pragma(&conn, "user_version"), Ok(MIGRATIONS.len() as u32 + 1));
            let row: (u32, Option<String>) = conn
                .query_row("SELECT number, color FROM canvases", (), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .expect("is there");
            assert_eq!(row, (1, None));
        }
    }

    #[test]
    fn a_migration_that_fails_or_is_cut_short_has_done_nothing() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("place.db");
        let mut conn = of_today(&path);
        let before = names(&conn);
        let broken = format!("{LATER} INSERT INTO nowhere VALUES (1);");
        assert!(migrate(&mut conn, &with_later(&broken)).is_err());
        assert_eq!(pragma(&conn, "user_version"), Ok(MIGRATIONS.len() as u32));
        assert_eq!(names(&conn), before);

        // As a kill leaves it: the files in the middle of the transaction.
        conn.execute_batch(&format!("PRAGMA cache_size = 1; BEGIN IMMEDIATE; {LATER}"))
            .expect("runs");
        conn.execute(
            "INSERT INTO seats (canvas, number, role, state, nickname, created_ms) \
             VALUES (1, 1, 'student', 'here', hex(randomblob(100000)), 0)",
            (),
        )
        .expect("reaches the log");
        let killed = dir.path().join("killed.db");
        for suffix in ["", "-wal"] {
            let from = super::super::folder::with_suffix(&path, suffix);
            std::fs::copy(from, super::super::folder::with_suffix(&killed, suffix))
                .expect("copies");
        }
        let mut conn = open_writer(&killed).expect("opens");
        assert_eq!(names(&conn), before);
        migrate(&mut conn, &with_later(LATER)).expect("it is made again");
        assert_eq!(pragma(&conn, "user_version"), Ok(MIGRATIONS.len() as u32 + 1));
    }

    #[test]
    fn a_path_of_any_letters_is_opened() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().expect("a folder");
        for name in [&b"plain.db"[..], b"a b?c#d%41&psow=1.db", b"\xc3\xa4.db", b"\xff.db"] {
            let path = dir.path().join(std::ffi::OsStr::from_bytes(name));
            drop(open_writer(&path).expect("opens"));
            assert!(path.is_file(), "{}", path.display());
        }
        assert_eq!(careful_address(Path::new("data/x")), "file:data/x?psow=0");
        assert_eq!(careful_address(Path::new("/data/x")), "file:///data/x?psow=0");
    }
}
