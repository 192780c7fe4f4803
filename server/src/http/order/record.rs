//! The record: what teachers did to a canvas, its people and its lesson.
//!
//! What they did to pixels, areas, seats and rules is in the journal, everything
//! else in the store's notes. Both know people by number only: names are looked
//! up when the record is read, so that who was forgotten is not named in it.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::cooldown::Millis;
use place_core::{Area, Cause, Cell, Entry, SeatNumber, Seq, TeacherNumber};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::Api;
use super::super::error::ApiError;
use super::{name_of, sheet, watched};
use crate::past::{self, Deed, What};
use crate::sequencer::LiveCanvas;
use crate::store::{NotePlace, NoteRecord, Wanted};

/// Lines told at a time.
const PAGE_LINES: usize = 500;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/canvases/{id}/record", web::get().to(record));
}

/// What `GET …/record` takes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// Only what is about this seat.
    seat: Option<SeatNumber>,
    /// Only from this moment on, in milliseconds since the Unix epoch.
    from_ms: Option<Millis>,
    /// Only up to this moment.
    until_ms: Option<Millis>,
    /// Only what is about cells of this area; all four or none.
    x: Option<u16>,
    y: Option<u16>,
    width: Option<u16>,
    height: Option<u16>,
    /// Only what comes ahead of this place in the record.
    before: Option<Place>,
    /// `csv`, or JSON if not named.
    #[serde(default)]
    format: Format,
    /// Whether a CSV file has every pixel, too.
    #[serde(default)]
    pub(super) placements: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Csv,
}

/// What is wanted of the record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) notes: Wanted,
    area: Option<Area>,
}

/// A line's place in the record: its moment; 0 for the notes, 1 for the journal;
/// its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
struct Place(Millis, u8, u64);

impl TryFrom<String> for Place {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let mut numbers = text.split('-').map(|number| number.parse::<u64>().ok());
        let mut next = || numbers.next().flatten();
        match (next(), next(), next()) {
            (Some(at_ms), Some(kind @ (0 | 1)), Some(number)) => {
                Ok(Self(at_ms, kind as u8, number))
            }
            _ => Err("`before` is what an earlier answer has as `next`"),
        }
    }
}

/// A line of the record.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    /// Its seqs in the journal, if it is there: what can be reverted.
    pub(super) seqs: Option<[Seq; 2]>,
    pub(super) at_ms: Millis,
    /// `null` for the server itself and its owner.
    pub(super) teacher: Option<String>,
    pub(super) what: String,
    pub(super) seat: Option<SeatNumber>,
    pub(super) nickname: Option<String>,
    pub(super) area: Option<Area>,
    pub(super) cells: Option<usize>,
    pub(super) details: String,
    #[serde(skip)]
    by: TeacherNumber,
    #[serde(skip)]
    place: (u8, u64),
}

/// `GET …/record`
async fn record(
    request: HttpRequest,
    id: web::Path<String>,
    filter: web::Query<Filter>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let live = watched(&request, &api, &id).await?;
    let filter = filter.into_inner();
    let wish = filter.wish()?;
    let api = api.into_inner();
    if filter.format == Format::Csv {
        return sheet::answer(api, live, wish, filter.placements);
    }
    if filter.placements {
        return Err(ApiError::invalid("pixels are told as CSV only: add format=csv"));
    }
    let source = Arc::clone(&api);
    let work = move || page(&source, &live, wish, filter.before);
    let mut lines = api.reading(work).await??;
    let is_more = lines.len() > PAGE_LINES;
    lines.truncate(PAGE_LINES);
    let next = lines.last().filter(|_| is_more).map(Line::cursor);
    Ok(HttpResponse::Ok().json(json!({ "record": lines, "next": next })))
}

/// A page, newest first, and one line more if there are more.
fn page(
    api: &Api,
    live: &LiveCanvas,
    wish: Wish,
    before: Option<Place>,
) -> Result<Vec<Line>, ApiError> {
    let most = PAGE_LINES + 1;
    let end = before.unwrap_or(Place(Millis::MAX, 1, u64::MAX));
    let is_ahead = |deed: &Deed| Place(deed.at_ms, 1, *deed.seqs.start()) < end;
    let wants = |deed: &Deed| wish.takes(deed) && is_ahead(deed);
    let deeds = past::deeds(&api.store, live.number, live.shape().0, most, wants)?;
    let mut lines: Vec<Line> = deeds.iter().map(Line::of_deed).collect();
    if wish.area.is_none() {
        let place = note_place(end);
        let notes = api.store.notes_before(live.number, wish.notes, place, most as u32)?;
        lines.extend(notes.into_iter().map(Line::of_note));
    }
    lines.sort_by_key(|line| Reverse((line.at_ms, line.place)));
    lines.truncate(most);
    let mut names = Names::new(api, live)?;
    lines.iter_mut().try_for_each(|line| names.fill(line))?;
    Ok(lines)
}

/// Where notes end that come ahead of a place.
fn note_place(Place(at_ms, kind, number): Place) -> NotePlace {
    match kind {
        0 => (at_ms, i64::try_from(number).unwrap_or(i64::MAX)),
        // Notes come ahead of what is in the journal of the same moment.
        _ => (at_ms, i64::MAX),
    }
}

impl Filter {
    fn wish(&self) -> Result<Wish, ApiError> {
        let area = match (self.x, self.y, self.width, self.height) {
            (None, None, None, None) => None,
            (Some(x), Some(y), Some(width), Some(height)) => {
                Some(Area::new(Cell { x, y }, width, height).map_err(ApiError::invalid)?)
            }
            _ => return Err(ApiError::invalid("an area has x, y, width and height")),
        };
        let (from_ms, until_ms) = (self.from_ms.unwrap_or(0), self.until_ms.unwrap_or(Millis::MAX));
        Ok(Wish { notes: Wanted { seat: self.seat, from_ms, until_ms }, area })
    }
}

impl Wish {
    pub(super) fn takes(&self, deed: &Deed) -> bool {
        self.is_in_time(deed.at_ms)
            && self.notes.seat.is_none_or(|seat| deed.is_about(seat))
            && self.area.is_none_or(|area| deed.area().is_some_and(|about| about.meets(area)))
    }

    pub(super) fn takes_pixel(&self, at_ms: Millis, seat: SeatNumber, cell: Cell) -> bool {
        self.is_in_time(at_ms)
            && self.notes.seat.is_none_or(|wanted| wanted == seat)
            && self.area.is_none_or(|area| area.contains(cell))
    }

    /// Whether notes are wanted: none is about cells.
    pub(super) fn has_notes(&self) -> bool {
        self.area.is_none()
    }

    pub(super) fn is_in_time(&self, at_ms: Millis) -> bool {
        (self.notes.from_ms..=self.notes.until_ms).contains(&at_ms)
    }
}

/// Names, each looked up once.
pub(super) struct Names<'a> {
    api: &'a Api,
    live: &'a LiveCanvas,
    teachers: HashMap<TeacherNumber, String>,
    people: HashMap<SeatNumber, Option<String>>,
}

impl<'a> Names<'a> {
    pub(super) fn new(api: &'a Api, live: &'a LiveCanvas) -> Result<Self, ApiError> {
        let teachers = api.store.teachers()?;
        let teachers = teachers.into_iter().map(|teacher| (teacher.number, teacher.name)).collect();
        Ok(Self { api, live, teachers, people: HashMap::new() })
    }

    pub(super) fn fill(&mut self, line: &mut Line) -> Result<(), ApiError> {
        line.teacher = self.teachers.get(&line.by).cloned();
        if let Some(seat) = line.seat {
            line.nickname = self.of(seat)?;
        }
        Ok(())
    }

    pub(super) fn of(&mut self, seat: SeatNumber) -> Result<Option<String>, ApiError> {
        if let Some(known) = self.people.get(&seat) {
            return Ok(known.clone());
        }
        let name = name_of(self.api, self.live, seat)?;
        self.people.insert(seat, name.clone());
        Ok(name)
    }
}

impl Line {
    fn cursor(&self) -> String {
        let (kind, number) = self.place;
        format!("{}-{kind}-{number}", self.at_ms)
    }

    pub(super) fn of_note(note: NoteRecord) -> Self {
        Self {
            seqs: None,
            at_ms: note.at_ms,
            teacher: None,
            what: note.what,
            seat: note.seat,
            nickname: None,
            area: None,
            cells: None,
            details: note.details,
            by: note.teacher.unwrap_or(0),
            place: (0, note.id.unsigned_abs()),
        }
    }

    pub(super) fn of_deed(deed: &Deed) -> Self {
        let (first, last) = (*deed.seqs.start(), *deed.seqs.end());
        let (what, seat, details) = match &deed.what {
            What::Patch(cause, ..) => of_cause(*cause),
            What::Other(entry) => of_entry(entry),
        };
        let cells = match &deed.what {
            What::Patch(_, cells, _) => Some(*cells),
            What::Other(_) => None,
        };
        Self {
            seqs: Some([first, last]),
            at_ms: deed.at_ms,
            teacher: None,
            what: what.to_owned(),
            seat,
            nickname: None,
            area: deed.area(),
            cells,
            details,
            by: deed.teacher,
            place: (1, first),
        }
    }
}

/// A word for what was done, to whom, and more about it.
type Told = (&'static str, Option<SeatNumber>, String);

fn of_cause(cause: Cause) -> Told {
    match cause {
        Cause::Fill(_) => ("fill", None, String::new()),
        Cause::Restore(_, at_ms) => ("restore", None, format!("to {at_ms}")),
        Cause::Remove(seat, from_ms) => ("remove_pixels", Some(seat), format!("from {from_ms}")),
        Cause::Revert(first, last) => ("revert", None, format!("{first} to {last}")),
    }
}

fn of_entry(entry: &Entry) -> Told {
    let only = |seats: &[SeatNumber]| match seats {
        [seat] => Some(*seat),
        _ => None,
    };
    match entry {
        Entry::SetRules { rules, .. } => ("rules", None, json!(rules).to_string()),
        Entry::Protect { on, .. } => {
            (if *on { "protect" } else { "unprotect" }, None, String::new())
        }
        Entry::SetSeat { seat, standing, .. } => {
            let details = json!({ "status": standing.status, "team": standing.team });
            ("seat", Some(*seat), details.to_string())
        }
        Entry::SetTeam { team, rules, .. } => {
            let details = json!({ "team": team, "is_confined": rules.is_confined });
            ("team", None, details.to_string())
        }
        Entry::Award { seats, pixels, .. } => {
            ("award", only(seats), format!("{pixels} pixels to {} people", seats.len()))
        }
        Entry::Withdraw { seats, pixels, .. } => {
            ("withdraw", only(seats), format!("{pixels} pixels from {} people", seats.len()))
        }
        // Deeds are made of decisions only.
        Entry::Create { .. } | Entry::Place { .. } | Entry::Undo { .. } | Entry::Patch { .. } => {
            ("", None, String::new())
        }
    }
}
