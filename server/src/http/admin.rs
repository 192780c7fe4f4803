//! The admin: whoever holds the token, or reaches the control socket.

use std::io;
use std::path::{Path, PathBuf};

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::ApiError;
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

/// The token of a data folder, made when there is none yet.
pub fn token(data: &Path) -> io::Result<String> {
    let path = token_path(data);
    match std::fs::read_to_string(&path) {
        Ok(token) if !token.trim().is_empty() => Ok(token.trim().to_owned()),
        Ok(_) => write_new(&path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_new(&path),
        Err(error) => Err(error),
    }
}

fn write_new(path: &Path) -> io::Result<String> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let token = random_secret();
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    writeln!(file, "{token}")?;
    file.sync_all()?;
    Ok(token)
}

impl TokenHash {
    /// The hash of a token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

/// Lets the admin pass, nobody else. Hashes are compared, in constant time, so
/// that the time taken tells nothing about the token.
pub fn require(request: &HttpRequest, expected: &TokenHash) -> Result<(), ApiError> {
    if request.app_data::<ControlSocket>().is_some() {
        return Ok(());
    }
    let given = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(ApiError::not_allowed)?;
    let matches: bool = TokenHash::of(given.trim()).0.ct_eq(&expected.0).into();
    if matches { Ok(()) } else { Err(ApiError::not_allowed()) }
}
