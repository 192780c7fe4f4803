//! By the length of the journal: what a teacher's tools take, from the request
//! to its answer, in a running server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

use place::classroom::new_card;
use place::store::{NewSeat, Store, StoreOptions};

use crate::made::{Plan, make};
use crate::program::{Failed, ms, serve};
use crate::table::Table;

/// Placements on the canvas, and those of one commit: a class draws some in each.
const LENGTHS: [u64; 3] = [100_000, 300_000, 1_000_000];
const BATCHES: [u64; 2] = [1000, 4];

/// People who drew all of it.
const SEATS: u32 = 30;

pub(crate) fn measure() -> Result<(), Failed> {
    for batch in BATCHES {
        let title = match batch {
            1000 => "Teachers' tools, 1000², batches of 1,000",
            _ => "Teachers' tools, 1000², batches of 4",
        };
        let mut table = Table::new(title, "placements");
        for placements in LENGTHS {
            measure_one(&mut table, Plan { side: 1000, placements, batch, seats: SEATS })?;
        }
        table.print();
    }
    Ok(())
}

fn measure_one(table: &mut Table, plan: Plan) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let (canvas, number) = make(&data, plan)?;
    sit_down(&data, number)?;
    let mut child = serve(&data)?;
    let stdout = child.stdout.take().ok_or("the server has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    let host = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("http://")?.1.trim_end_matches('/').to_owned()))
        .ok_or("the server did not say where it listens")?;
    let token = std::fs::read_to_string(data.join("admin-token"))?;
    let asks = Asks { host, token: token.trim().to_owned() };
    let whole = r#"{"x":0,"y":0,"width":1000,"height":1000}"#;
    let half_ms = canvas.at_ms() - (canvas.seq() / plan.batch / 2) * 1000;
    let restore = format!(r#"{{"area":{whole},"at_ms":{half_ms}}}"#);
    let (removed, seqs) = asks.post("seats/1/remove-pixels", "{}")?;
    let (reverted, _) = asks.post("revert", &format!(r#"{{"seqs":{}}}"#, seqs_in(&seqs)?))?;
    let (restored, _) = asks.post("areas/restore", &restore)?;
    let (history, _) = asks.ask("GET", "cells/500/500", "")?;
    let (record, _) = asks.ask("GET", "record", "")?;
    child.kill()?;
    child.wait()?;
    table.add(
        plan.placements as f64,
        &[
            ("one person's pixels removed, ms", removed),
            ("that taken back, ms", reverted),
            ("all cells back to half way, ms", restored),
            ("a cell's history, ms", history),
            ("the record, ms", record),
        ],
    );
    Ok(())
}

/// Gives those who drew their seats.
fn sit_down(data: &Path, canvas: u32) -> Result<(), Failed> {
    let store = Store::open(data, StoreOptions::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    for seat in 1..=SEATS {
        let new = NewSeat::student(&format!("Pupil {seat}"), [seat as u8; 32], 1);
        runtime.block_on(store.create_seat(canvas, new, new_card))?;
    }
    store.close()?;
    Ok(())
}

/// Where and as whom is asked.
struct Asks {
    host: String,
    token: String,
}

impl Asks {
    fn post(&self, what: &str, body: &str) -> Result<(f64, String), Failed> {
        self.ask("POST", what, body)
    }

    /// What it took until the whole answer was there, and its body.
    fn ask(&self, method: &str, what: &str, body: &str) -> Result<(f64, String), Failed> {
        let began = Instant::now();
        let mut stream = TcpStream::connect(&self.host)?;
        let Self { host, token } = self;
        let length = body.len();
        write!(
            stream,
            "{method} /api/canvases/growth/{what} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let took = ms(began);
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
        if head.starts_with("HTTP/1.1 200") {
            Ok((took, body.to_owned()))
        } else {
            Err(format!("{what}: {answer}").into())
        }
    }
}

fn seqs_in(answer: &str) -> Result<&str, Failed> {
    let (_, seqs) = answer.split_once(r#""seqs":"#).ok_or("no seqs")?;
    let (seqs, _) = seqs.split_once('}').ok_or("no end")?;
    Ok(seqs)
}
