//! `place forget`: erases names and words, through a running server or in its
//! folder.

use std::path::Path;

use clap::ArgGroup;
use place_core::SeatNumber;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Failure;
use super::canvas::{open_store, record, wait};
use super::control::Control;
use super::export::canvas_id;
use crate::clock;
use crate::store::{Note, Whom};

/// Whom to forget.
#[derive(Clone, Debug, clap::Args)]
#[command(group = ArgGroup::new("whom").required(true).args(["seat", "class"]))]
pub struct Forget {
    /// The canvas; `place canvas list` tells its id.
    #[arg(value_parser = canvas_id)]
    id: String,
    /// One person and the person's bots, by the number of the seat.
    #[arg(long, value_name = "NUMBER")]
    seat: Option<SeatNumber>,
    /// Everybody but the teachers.
    #[arg(long)]
    class: bool,
}

#[derive(Deserialize)]
struct Info {
    name: String,
}

#[derive(Deserialize)]
struct Count {
    forgotten: usize,
}

pub(super) fn run(data: &Path, forget: &Forget) -> Result<(), Failure> {
    let count = match Control::connect(data)? {
        Some(server) => forget.ask(data, server)?,
        None => forget.in_store(data)?,
    };
    println!("Forgotten: {count}. Backups that were made before still have the names.");
    Ok(())
}

impl Forget {
    fn ask(&self, data: &Path, server: Control) -> Result<usize, Failure> {
        let path = format!("/api/canvases/{}", self.id);
        if let Some(seat) = self.seat {
            server.done("POST", &format!("{path}/seats/{seat}/forget"), Some(&Value::Null))?;
            return Ok(1);
        }
        let name = server.json::<Info>("GET", &path, None)?.name;
        // A connection is good for one request.
        let gone = || Failure::Other("the server has just stopped; try again".to_owned());
        let server = Control::connect(data)?.ok_or_else(gone)?;
        let body = json!({ "name": name });
        let count: Count = server.json("POST", &format!("{path}/forget"), Some(&body))?;
        Ok(count.forgotten)
    }

    fn in_store(&self, data: &Path) -> Result<usize, Failure> {
        let store = open_store(data)?;
        let canvas = record(&store, &self.id)?.number;
        let whom = self.seat.map_or(Whom::Class, Whom::Seat);
        let note = Note::by(0, clock::wall_ms(), "forget");
        let forgotten = wait(store.forget(canvas, whom, note))?;
        store.close()?;
        Ok(forgotten.seats.len())
    }
}
