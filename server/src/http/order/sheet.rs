//! The record as a file for spreadsheets, oldest first. Long as it may be, it is
//! made piece by piece, while it is being sent.

use std::collections::VecDeque;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, ContentType};
use bytes::Bytes;
use futures_util::stream;
use place_core::cooldown::Millis;
use place_core::{Area, Batch, Cell, ColorIndex, Entry, SeatNumber};

use super::super::Api;
use super::super::error::ApiError;
use super::record::{Line, Names, Wish};
use crate::past::{self, Deed};
use crate::sequencer::LiveCanvas;
use crate::store::{Journal, NotePlace, NoteRecord, StoreError};

/// Size from which on a piece is sent, in bytes.
const PIECE_BYTES: usize = 256 * 1024;

/// Batches of the journal read for one piece at the most: others may read in
/// between.
const PIECE_BATCHES: usize = 20_000;

/// Notes read at a time.
const NOTES_PAGE: u32 = 500;

const HEAD: [&str; 12] = [
    "time", "teacher", "what", "seat", "nickname", "x", "y", "width", "height", "cells", "color",
    "details",
];

/// The answer that sends the file.
pub(super) fn answer(
    api: Arc<Api>,
    live: Arc<LiveCanvas>,
    wish: Wish,
    placements: bool,
) -> Result<HttpResponse, ApiError> {
    let disposition = format!("attachment; filename=\"{}-record.csv\"", live.id);
    let file = File {
        batches: Box::new(api.store.journal(live.number).follow(1)?),
        notes: Notes { read: VecDeque::new(), last: (0, 0), is_over: !wish.has_notes() },
        open: None,
        is_begun: false,
        live,
        wish,
        placements,
    };
    let pieces = stream::try_unfold(Some(file), move |file| {
        let api = Arc::clone(&api);
        async move {
            let Some(file) = file else { return Ok::<_, actix_web::Error>(None) };
            let source = Arc::clone(&api);
            Ok(Some(api.reading(move || file.piece(&source)).await??))
        }
    });
    Ok(HttpResponse::Ok()
        .content_type(ContentType("text/csv; charset=utf-8".parse().expect("a media type")))
        .insert_header((CONTENT_DISPOSITION, disposition))
        .streaming(Box::pin(pieces)))
}

/// A file in the making.
struct File {
    batches: Box<dyn Iterator<Item = Result<Batch, StoreError>> + Send>,
    notes: Notes,
    /// A deed of which there may be more.
    open: Option<Deed>,
    is_begun: bool,
    live: Arc<LiveCanvas>,
    wish: Wish,
    placements: bool,
}

/// Notes that are read page by page.
struct Notes {
    read: VecDeque<NoteRecord>,
    last: NotePlace,
    is_over: bool,
}

impl File {
    /// The next piece, and what is left; `None` behind the last one.
    fn piece(mut self, api: &Api) -> Result<(Bytes, Option<Self>), ApiError> {
        let live = Arc::clone(&self.live);
        let mut sheet = Sheet::new(Names::new(api, &live)?);
        if !self.is_begun {
            self.is_begun = true;
            sheet.put(&HEAD.map(str::to_owned))?;
        }
        for _ in 0..PIECE_BATCHES {
            if sheet.bytes() >= PIECE_BYTES {
                break;
            }
            let Some(batch) = self.batches.next() else {
                self.close(&mut sheet)?;
                self.notes_until(Millis::MAX, api, &mut sheet)?;
                return Ok((sheet.finish()?, None));
            };
            self.batch(batch?, api, &mut sheet)?;
        }
        Ok((sheet.finish()?, Some(self)))
    }

    fn batch(&mut self, batch: Batch, api: &Api, sheet: &mut Sheet<'_>) -> Result<(), ApiError> {
        let Batch { first_seq, at_ms, entries } = batch;
        if self.open.as_ref().is_some_and(|open| open.at_ms != at_ms) {
            self.close(sheet)?;
        }
        self.notes_until(at_ms, api, sheet)?;
        for (seq, entry) in (first_seq..).zip(entries) {
            match entry {
                Entry::Place { seat, cell, color } => {
                    self.pixel(sheet, ("place", at_ms, seat, cell, color))?;
                }
                Entry::Undo { seat, cell, mark } => {
                    self.pixel(sheet, ("undo", at_ms, seat, cell, mark.color))?;
                }
                other => {
                    let deed = past::deed(seq, at_ms, other, self.live.shape().0);
                    if let Some(deed) = deed.filter(|deed| self.wish.takes(deed)) {
                        self.deed(deed, sheet)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn pixel(&mut self, sheet: &mut Sheet<'_>, pixel: Pixel) -> Result<(), ApiError> {
        let (_, at_ms, seat, cell, _) = pixel;
        if self.placements && self.wish.takes_pixel(at_ms, seat, cell) {
            self.close(sheet)?;
            sheet.pixel(pixel)?;
        }
        Ok(())
    }

    fn deed(&mut self, deed: Deed, sheet: &mut Sheet<'_>) -> Result<(), ApiError> {
        if self.open.as_mut().is_some_and(|open| open.goes_on(&deed)) {
            return Ok(());
        }
        self.close(sheet)?;
        self.open = Some(deed);
        Ok(())
    }

    fn close(&mut self, sheet: &mut Sheet<'_>) -> Result<(), ApiError> {
        match self.open.take() {
            Some(deed) => sheet.line(Line::of_deed(&deed)),
            None => Ok(()),
        }
    }

    fn notes_until(
        &mut self,
        at_ms: Millis,
        api: &Api,
        sheet: &mut Sheet<'_>,
    ) -> Result<(), ApiError> {
        loop {
            while let Some(note) = self.notes.read.pop_front_if(|note| note.at_ms <= at_ms) {
                sheet.line(Line::of_note(note))?;
            }
            if self.notes.is_over || !self.notes.read.is_empty() {
                return Ok(());
            }
            let Notes { read, last, is_over } = &mut self.notes;
            let (canvas, wanted) = (self.live.number, self.wish.notes);
            read.extend(api.store.notes_after(canvas, wanted, *last, NOTES_PAGE)?);
            match read.back() {
                Some(note) => *last = (note.at_ms, note.id),
                None => *is_over = true,
            }
        }
    }
}

/// What, when, who, where, and the color there afterwards.
type Pixel = (&'static str, Millis, SeatNumber, Cell, ColorIndex);

/// Rows on their way into the file.
struct Sheet<'a> {
    writer: csv::Writer<Vec<u8>>,
    names: Names<'a>,
}

impl<'a> Sheet<'a> {
    fn new(names: Names<'a>) -> Self {
        Self { writer: csv::Writer::from_writer(Vec::new()), names }
    }

    fn bytes(&self) -> usize {
        self.writer.get_ref().len()
    }

    fn put(&mut self, row: &[String]) -> Result<(), ApiError> {
        self.writer.write_record(row).map_err(ApiError::internal)
    }

    fn line(&mut self, mut line: Line) -> Result<(), ApiError> {
        self.names.fill(&mut line)?;
        let area = |part: fn(Area) -> u16| line.area.map(part);
        self.put(&[
            utc(line.at_ms),
            safe(line.teacher.as_deref().unwrap_or_default()),
            line.what.clone(),
            text(line.seat),
            safe(line.nickname.as_deref().unwrap_or_default()),
            text(area(|area| area.corner().x)),
            text(area(|area| area.corner().y)),
            text(area(Area::width)),
            text(area(Area::height)),
            text(line.cells),
            String::new(),
            safe(&line.details),
        ])
    }

    fn pixel(&mut self, (what, at_ms, seat, cell, color): Pixel) -> Result<(), ApiError> {
        let nickname = self.names.of(seat)?.unwrap_or_default();
        let one = || "1".to_owned();
        self.put(&[
            utc(at_ms),
            String::new(),
            what.to_owned(),
            seat.to_string(),
            safe(&nickname),
            cell.x.to_string(),
            cell.y.to_string(),
            one(),
            one(),
            one(),
            color.to_string(),
            String::new(),
        ])
    }

    fn finish(self) -> Result<Bytes, ApiError> {
        let bytes = self.writer.into_inner().map_err(|error| ApiError::internal(error.error()))?;
        Ok(bytes.into())
    }
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A text that a spreadsheet will not take for a formula.
fn safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A moment as RFC 3339 has it, in UTC.
fn utc(ms: Millis) -> String {
    use time::format_description::well_known::Rfc3339;
    let nanos = i128::from(ms) * 1_000_000;
    time::OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| ms.to_string())
}
