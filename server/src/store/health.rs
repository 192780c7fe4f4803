//! Whether the disk takes what it is given.

use parking_lot::Mutex;

use super::WriteError;

/// The writer's state, as the last commit showed it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// Writing.
    #[default]
    Ok,
    /// The disk is full; writing goes on when there is room.
    Full,
    /// Writes fail; they are tried again.
    Failing(String),
    /// The disk lost a write: nothing is written until a restart.
    Poisoned,
}

/// The health, shared between the writer and whoever asks.
#[derive(Debug, Default)]
pub(super) struct SharedHealth(Mutex<Health>);

impl SharedHealth {
    pub(super) fn get(&self) -> Health {
        self.0.lock().clone()
    }

    pub(super) fn is_poisoned(&self) -> bool {
        *self.0.lock() == Health::Poisoned
    }

    /// Something was written.
    pub(super) fn wrote(&self) {
        let before = std::mem::take(&mut *self.0.lock());
        if before != Health::Ok {
            tracing::info!("the disk can be written again");
        }
    }

    /// Something could not be written. Told once, not for each attempt.
    pub(super) fn failed(&self, error: &WriteError) {
        let now = match error {
            WriteError::Full => Health::Full,
            WriteError::Io(reason) => Health::Failing(reason.clone()),
            WriteError::Poisoned => Health::Poisoned,
            WriteError::Closed => return,
        };
        let mut health = self.0.lock();
        if *health != now && *health != Health::Poisoned {
            tracing::error!(%error, "the database can't be written");
            *health = now;
        }
    }
}
