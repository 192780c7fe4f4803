//! `place announce`: says something to everybody.

use std::path::Path;

use serde_json::json;

use super::Failure;
use super::control::Control;

/// What to say.
#[derive(Clone, Debug, clap::Args)]
pub struct Announce {
    /// What to say, as in "The server restarts in 2 minutes".
    pub text: String,
    /// For how many minutes it is shown, 1 to 240.
    #[arg(long, value_name = "MINUTES", default_value_t = 10)]
    pub minutes: u32,
}

pub(super) fn run(data: &Path, announce: &Announce) -> Result<(), Failure> {
    let Some(server) = Control::connect(data)? else {
        return Err(Failure::Other("no server runs that could announce it".to_owned()));
    };
    let body = json!({ "text": announce.text, "minutes": announce.minutes });
    server.done("POST", "/api/announce", Some(&body))?;
    println!("Announced on every canvas for {} min.", announce.minutes);
    Ok(())
}
