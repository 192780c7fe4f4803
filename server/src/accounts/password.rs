//! Passwords, kept as Argon2id hashes.
//!
//! The parameters are those that RFC 9106 (section 4) recommends where memory
//! is short, and OWASP's cheat sheet as a minimum: 19 MiB of memory, 2 passes,
//! one lane. A hash takes about 20 ms, and so does each guess.

use argon2::password_hash::{Error as HashError, PasswordHash, PasswordHasher, SaltString};
use argon2::{Argon2, PasswordVerifier};
use tokio::sync::Semaphore;

/// Shortest password, in characters: what NIST SP 800-63B asks for.
pub const PASSWORD_MIN_CHARS: usize = 8;

/// Longest password, in characters: more is a mistake, or an attack.
pub const PASSWORD_MAX_CHARS: usize = 128;

/// Passwords that are hashed at a time: each takes 19 MiB and a core.
const AT_A_TIME: usize = 2;

/// A password that can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password has {PASSWORD_MIN_CHARS} to {PASSWORD_MAX_CHARS} characters")]
pub struct PasswordError;

/// Hashes and checks passwords, off the workers and few at a time.
#[derive(Debug)]
pub struct Passwords {
    turns: Semaphore,
    /// The hash of a password that nobody has: checked when there is no such
    /// teacher, so that the time taken does not tell who exists.
    nobody: String,
}

impl Passwords {
    /// Ready to hash. Takes the time of one hash.
    pub fn new() -> Self {
        Self { turns: Semaphore::new(AT_A_TIME), nobody: hash_now("no teacher has this password") }
    }

    /// The hash to store of a password, if it can be one.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        if !(PASSWORD_MIN_CHARS..=PASSWORD_MAX_CHARS).contains(&password.chars().count()) {
            return Err(PasswordError);
        }
        Ok(self.run(move || hash_now(&password)).await)
    }

    /// Whether a password is the one with this hash; without a hash it is not,
    /// after the same time.
    pub async fn matches(&self, password: String, hash: Option<String>) -> bool {
        let exists = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let bounded = password.chars().count() <= PASSWORD_MAX_CHARS;
        bounded && self.run(move || verify_now(&password, &hash)).await && exists
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let _turn = self.turns.acquire().await.expect("the semaphore is never closed");
        tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

fn hash_now(password: &str) -> String {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).expect("the system gives random numbers");
    let salt = SaltString::encode_b64(&salt).expect("16 bytes are a good salt");
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.expect("the default parameters are good").to_string()
}

fn verify_now(password: &str, hash: &str) -> bool {
    let checked = PasswordHash::new(hash)
        .and_then(|hash| Argon2::default().verify_password(password.as_bytes(), &hash));
    match checked {
        Ok(()) => true,
        Err(HashError::Password) => false,
        Err(error) => {
            tracing::error!(%error, "a stored password hash can't be read");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_opens_and_another_does_not() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let again = passwords.hash("correct horse".to_owned()).await.unwrap();
        assert_ne!(hash, again, "salted");
        assert!(passwords.matches("correct horse".to_owned(), Some(hash.clone())).await);
        assert!(!passwords.matches("Correct horse".to_owned(), Some(hash)).await);
        assert!(!passwords.matches("no teacher has this password".to_owned(), None).await);
    }

    #[tokio::test]
    async fn short_and_endless_ones_are_refused() {
        let passwords = Passwords::new();
        for (length, good) in [(7, false), (8, true), (128, true), (129, false)] {
            assert_eq!(passwords.hash("ä".repeat(length)).await.is_ok(), good, "{length}");
        }
    }
}
