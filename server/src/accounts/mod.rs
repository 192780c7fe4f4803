//! What keeps a teacher's account safe: passwords, and a brake on guessing them.

mod guesses;
mod password;
mod throttle;

pub use guesses::{Guess, Guesses};
pub use password::{PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS, PasswordError, Passwords};
pub use throttle::LoginThrottle;
