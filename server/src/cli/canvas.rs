//! `place canvas`: create, list and change canvases, through a running server
//! or in its folder.

use std::path::Path;

use clap::ArgGroup;
use place_core::limits::{COOLDOWN_MAX_MS, SAVED_MAX_PIXELS, UNDO_MAX_MS};
use place_core::sequencer::{Command, RulesChange, turn};
use place_core::wire::text::palette_info;
use place_core::{Canvas, Mode, Palette, Size};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Failure;
use super::control::Control;
use super::export::canvas_id;
use crate::canvases::{self, NewCanvas};
use crate::clock::JournalClock;
use crate::http::canvases::DEFAULT_RULES;
use crate::palettes;
use crate::settings::parse_duration;
use crate::store::{CanvasRecord, Journal, OpenError, Store, StoreOptions};

const CANVASES_PATH: &str = "/api/canvases";

/// What to do with canvases.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum CanvasCommand {
    /// Create a canvas, and print its id.
    Create(Create),
    /// List all canvases.
    List,
    /// Change a canvas, also while people draw on it.
    Set(Set),
}

/// A canvas to create.
#[derive(Clone, Debug, clap::Args)]
pub struct Create {
    /// What it is called.
    name: String,
    /// Its part of the address; made from the name by default.
    #[arg(long, value_name = "ID", value_parser = canvas_id)]
    id: Option<String>,
    /// Width and height in cells, each 16 to 4096.
    #[arg(long, value_name = "WxH", default_value = "256x256", value_parser = size)]
    size: Size,
    /// A palette by name (studio-32, basic-16, gray-8), or a .gpl or .hex file.
    #[arg(long, value_name = "NAME|FILE", default_value = palettes::DEFAULT)]
    palette: String,
    /// Time in which a pixel grows back; 0 for none.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = cooldown_ms)]
    cooldown: u32,
    /// Most pixels that may be saved up.
    #[arg(long, value_name = "COUNT", default_value = "20", value_parser = saved)]
    saved: u16,
    /// Time in which one's last pixel can be taken back; 0 for never.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = undo_ms)]
    undo: u32,
}

/// A change of a canvas.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
#[command(group = ArgGroup::new("change").required(true).multiple(true).args(["name", "mode", "cooldown", "saved", "undo"]))]
pub struct Set {
    /// Its id; `place canvas list` tells it.
    #[arg(value_parser = canvas_id)]
    id: String,
    /// A new name.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// open: draw; frozen: look, for now; closed: it is over.
    #[arg(long, value_name = "MODE", value_parser = mode)]
    mode: Option<Mode>,
    /// Time in which a pixel grows back; 0 for none.
    #[arg(long, value_name = "TIME", value_parser = cooldown_ms)]
    cooldown: Option<u32>,
    /// Most pixels that may be saved up.
    #[arg(long, value_name = "COUNT", value_parser = saved)]
    saved: Option<u16>,
    /// Time in which one's last pixel can be taken back; 0 for never.
    #[arg(long, value_name = "TIME", value_parser = undo_ms)]
    undo: Option<u32>,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Row {
    id: String,
    name: String,
    width: u16,
    height: u16,
    mode: Mode,
    seq: u64,
    /// Nobody is there without a server.
    #[serde(default)]
    online: u32,
}

fn size(text: &str) -> Result<Size, String> {
    let (width, height) = text.split_once(['x', 'X', '×']).unwrap_or((text, text));
    let size = width.trim().parse().ok().zip(height.trim().parse().ok());
    size.and_then(|(width, height)| Size::new(width, height).ok())
        .ok_or_else(|| "width x height, each 16 to 4096, such as 256x128".to_owned())
}

fn cooldown_ms(text: &str) -> Result<u32, String> {
    let ms = parse_duration(text).and_then(|time| u32::try_from(time.as_millis()).ok());
    ms.filter(|ms| *ms <= COOLDOWN_MAX_MS)
        .ok_or_else(|| "a time from 0 to 24h, such as 500ms, 5s or 1m".to_owned())
}

fn undo_ms(text: &str) -> Result<u32, String> {
    let ms = parse_duration(text).and_then(|time| u32::try_from(time.as_millis()).ok());
    ms.filter(|ms| *ms <= UNDO_MAX_MS).ok_or_else(|| "a time from 0 to 1m, such as 10s".to_owned())
}

fn saved(text: &str) -> Result<u16, String> {
    let saved = text.parse().ok().filter(|saved| (1..=SAVED_MAX_PIXELS).contains(saved));
    saved.ok_or_else(|| format!("a whole number from 1 to {SAVED_MAX_PIXELS}"))
}

fn mode(text: &str) -> Result<Mode, String> {
    match text {
        "open" => Ok(Mode::Open),
        "frozen" => Ok(Mode::Frozen),
        "closed" => Ok(Mode::Closed),
        _ => Err("open, frozen or closed".to_owned()),
    }
}

const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Open => "open",
        Mode::Frozen => "frozen",
        Mode::Closed => "closed",
    }
}

pub(super) fn run(data: &Path, command: CanvasCommand) -> Result<(), Failure> {
    let server = Control::connect(data)?;
    match command {
        CanvasCommand::Create(create) => {
            let new = create.read()?;
            let row = match server {
                Some(server) => server.json("POST", CANVASES_PATH, Some(&creation(&new)))?,
                None => create_in_store(data, &new)?,
            };
            println!("{}", row.id);
        }
        CanvasCommand::List => {
            #[derive(Deserialize)]
            struct List {
                canvases: Vec<Row>,
            }
            let rows = match server {
                Some(server) => server.json::<List>("GET", CANVASES_PATH, None)?.canvases,
                None => list_store(data)?,
            };
            print!("{}", table(&rows));
        }
        CanvasCommand::Set(set) => {
            let row = match server {
                Some(server) => {
                    let path = format!("{CANVASES_PATH}/{}", set.id);
                    server.json("PATCH", &path, Some(&set.change()))?
                }
                None => set_in_store(data, &set)?,
            };
            print!("{}", table(&[row]));
        }
    }
    Ok(())
}

impl Create {
    /// What is to be created; reads the palette's file, if it is one.
    fn read(self) -> Result<NewCanvas, Failure> {
        let mut rules = DEFAULT_RULES;
        (rules.cooldown_ms, rules.saved_max, rules.undo_ms) =
            (self.cooldown, self.saved, self.undo);
        let palette = read_palette(&self.palette)?;
        Ok(NewCanvas { id: self.id, name: self.name, size: self.size, palette, rules })
    }
}

fn read_palette(choice: &str) -> Result<Palette, Failure> {
    if let Some(built_in) = palettes::find(choice) {
        return Ok(built_in.palette.clone());
    }
    let names: Vec<_> = palettes::all().iter().map(|built_in| built_in.id).collect();
    let wrong = |what: String| {
        let names = names.join(", ");
        Failure::usage(format!(
            "--palette is {choice:?}, but it must be one of {names}, or a .gpl or .hex file: {what}."
        ))
    };
    let text = std::fs::read_to_string(choice).map_err(|error| wrong(error.to_string()))?;
    Palette::parse(&text).map_err(|error| wrong(error.to_string()))
}

/// The body that asks a server for a canvas.
fn creation(new: &NewCanvas) -> Value {
    let mut body = json!({
        "name": new.name,
        "width": new.size.width(),
        "height": new.size.height(),
        "palette": palette_info(&new.palette),
        "cooldown_ms": new.rules.cooldown_ms,
        "saved_max": new.rules.saved_max,
        "undo_ms": new.rules.undo_ms,
    });
    if let Some(id) = &new.id {
        body["id"] = json!(id);
    }
    body
}

impl Set {
    /// The body that asks a server for the change.
    fn change(&self) -> Value {
        let fields = [
            ("name", self.name.as_ref().map(|name| json!(name))),
            ("mode", self.mode.map(|mode| json!(mode_name(mode)))),
            ("cooldown_ms", self.cooldown.map(|ms| json!(ms))),
            ("saved_max", self.saved.map(|saved| json!(saved))),
            ("undo_ms", self.undo.map(|ms| json!(ms))),
        ];
        let given = fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>())
    }

    fn rules(&self) -> RulesChange {
        RulesChange {
            mode: self.mode,
            cooldown_ms: self.cooldown,
            saved_max: self.saved,
            undo_ms: self.undo,
            teacher: 0,
        }
    }
}

/// Opens a data folder that no server uses. A folder that is not there is not
/// made: more likely, `--data` is missing or mistyped.
pub(super) fn open_store(data: &Path) -> Result<Store, Failure> {
    if !data.is_dir() {
        return Err(OpenError::Missing(data.to_owned()).into());
    }
    Ok(Store::open(data, StoreOptions::default())?)
}

/// The record of a canvas.
pub(super) fn record(store: &Store, id: &str) -> Result<CanvasRecord, Failure> {
    let missing = || Failure::Other(format!("There is no canvas called “{id}”."));
    store.canvas(id)?.ok_or_else(missing)
}

fn create_in_store(data: &Path, new: &NewCanvas) -> Result<Row, Failure> {
    // The first canvas may be created before the first start.
    let store = Store::open(data, StoreOptions::default())?;
    let record = canvases::create(&store, new).map_err(Failure::other)?;
    let row = stored(&store, &record)?;
    store.close()?;
    Ok(row)
}

fn list_store(data: &Path) -> Result<Vec<Row>, Failure> {
    let store = open_store(data)?;
    let mut rows = Vec::new();
    for record in store.canvases()? {
        rows.push(stored(&store, &record)?);
    }
    rows.sort_by(|one: &Row, other| one.id.cmp(&other.id));
    store.close()?;
    Ok(rows)
}

fn set_in_store(data: &Path, set: &Set) -> Result<Row, Failure> {
    let store = open_store(data)?;
    let found = record(&store, &set.id)?;
    if !set.rules().is_empty() {
        change_rules(&store, &found, set.rules())?;
    }
    if let Some(name) = &set.name {
        store.rename_canvas(found.number, name.trim())?;
    }
    let row = stored(&store, &record(&store, &set.id)?)?;
    store.close()?;
    Ok(row)
}

/// One turn of the sequencer, without a server around it.
fn change_rules(store: &Store, record: &CanvasRecord, change: RulesChange) -> Result<(), Failure> {
    let canvas = store.load(record.number)?.canvas;
    let now = JournalClock::new(canvas.at_ms()).now();
    let turn = turn(&canvas, [Command::<(), ()>::SetRules((), change)], now);
    if let Some(((), error)) = turn.unchanged.first() {
        return Err(Failure::usage(error.to_string()));
    }
    match turn.batch {
        Some(batch) => wait(store.journal(record.number).append(batch)).map_err(Failure::other),
        None => Ok(()),
    }
}

/// Waits for something; only the store's own thread has work to do meanwhile.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without drivers always starts").block_on(future)
}

fn stored(store: &Store, record: &CanvasRecord) -> Result<Row, Failure> {
    Ok(row(record, &store.load(record.number)?.canvas))
}

fn row(record: &CanvasRecord, canvas: &Canvas) -> Row {
    Row {
        id: record.id.clone(),
        name: record.name.clone(),
        width: canvas.size().width(),
        height: canvas.size().height(),
        mode: canvas.rules().mode,
        seq: canvas.seq(),
        online: 0,
    }
}

/// Columns wide enough for what stands in them.
fn table(rows: &[Row]) -> String {
    let head = ["ID", "NAME", "SIZE", "MODE", "SEQ", "ONLINE"].map(str::to_owned);
    let line = |row: &Row| {
        [
            row.id.clone(),
            row.name.clone(),
            format!("{}x{}", row.width, row.height),
            mode_name(row.mode).to_owned(),
            row.seq.to_string(),
            row.online.to_string(),
        ]
    };
    let lines: Vec<_> = std::iter::once(head).chain(rows.iter().map(line)).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let mut out = String::new();
    for line in &lines {
        let cells = line.iter().enumerate();
        let padded = cells.map(|(column, cell)| format!("{cell:0$}", width(column).unwrap_or(0)));
        out.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests;
