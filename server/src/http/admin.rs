//! The owner of the server: whoever holds the admin token, or reaches the
//! control socket.

use std::io;
use std::path::{Path, PathBuf};

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::join::random_secret;

/// The file in the data folder that holds the admin token.
const FILE_NAME: &str = "admin-token";

/// The hash of the admin token; the token itself is not kept in memory.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

/// Marks an app that is served on the control socket: the rights of its file
/// are what lets people in.
#[derive(Clone, Copy, Debug)]
pub struct ControlSocket;

/// Where the token is.
pub fn token_path(data: &Path) -> PathBuf {
    data.join(FILE_NAME)
}

/// The token of a data folder, made when there is none yet, or none that is
/// whole.
pub fn token(data: &Path) -> io::Result<String> {
    let path = token_path(data);
    match std::fs::read(&path) {
        Ok(bytes) => match whole(&bytes) {
            Some(token) => Ok(token.to_owned()),
            None => write_new(&path),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_new(&path),
        Err(error) => Err(error),
    }
}

/// The token in a file's bytes. A power cut may leave nothing there, or zeros.
fn whole(bytes: &[u8]) -> Option<&str> {
    let token = str::from_utf8(bytes).ok()?.trim();
    let is_one = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    is_one.then_some(token)
}

/// Writes under another name first and syncs the folder, too: a token that
/// somebody has noted is still the one after a power cut.
fn write_new(path: &Path) -> io::Result<String> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let token = random_secret();
    let unfinished = path.with_extension("unfinished");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    writeln!(file, "{token}")?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(token)
}

impl TokenHash {
    /// The hash of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

/// The token in a request's `Authorization: Bearer …`.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let given = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    given.strip_prefix("Bearer ").map(str::trim)
}

/// Whether a request came by the control socket.
pub fn is_control(request: &HttpRequest) -> bool {
    request.app_data::<ControlSocket>().is_some()
}

/// Whether the owner of the server asks. Hashes are compared, in constant time,
/// so that the time taken tells nothing about the token.
pub fn is_owner(request: &HttpRequest, bearer: Option<&str>, expected: &TokenHash) -> bool {
    let knows = |token| TokenHash::of(token).0.ct_eq(&expected.0).into();
    is_control(request) || bearer.is_some_and(knows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stays_and_what_a_power_cut_left_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let made = token(dir.path()).unwrap();
        assert_eq!(token(dir.path()).unwrap(), made);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        for rest in [&b""[..], b"\n", &[0; 40], &[0xff; 40]] {
            std::fs::write(token_path(dir.path()), rest).unwrap();
            let new = token(dir.path()).unwrap();
            assert!(whole(new.as_bytes()).is_some() && new != made, "{rest:?}");
            assert_eq!(token(dir.path()).unwrap(), new);
        }
    }
}
