//! How far the server's end has come. Each part stops at its own phase, so
//! that what was taken in is still answered.

use tokio::sync::watch;

/// The phases of a server's life, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Everything works.
    Serving,
    /// Nothing new is taken in; what waits is saved and answered.
    Draining,
    /// Connections are closed.
    Closing,
}

/// Tells a part of the server which phase it is.
pub type PhaseWatch = watch::Receiver<Phase>;

/// Waits for a phase, or for the end of whoever tells it.
pub async fn reached(watch: &mut PhaseWatch, phase: Phase) {
    let _ = watch.wait_for(|now| *now >= phase).await;
}
