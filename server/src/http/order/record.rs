//! The record: what teachers did to a canvas, as JSON and as CSV.

use std::collections::HashMap;

use actix_web::http::header::{CONTENT_DISPOSITION, ContentType};
use actix_web::{HttpRequest, HttpResponse, web};
use place_core::cooldown::Millis;
use place_core::{Area, Cause, Entry, SeatNumber, Seq};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::error::ApiError;
use super::super::{Api, blocking};
use super::watched;
use crate::past::{self, Deed, What};

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/canvases/{id}/record", web::get().to(record));
}

/// What `GET …/record` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    /// Only what is about this seat.
    seat: Option<SeatNumber>,
    /// Only from this moment on, in milliseconds since the Unix epoch.
    from_ms: Option<Millis>,
    /// Only up to this moment.
    until_ms: Option<Millis>,
    /// `csv`, or JSON if not named.
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Json,
    Csv,
}

/// A line of the record.
#[derive(Serialize)]
struct Line {
    seqs: [Seq; 2],
    at_ms: Millis,
    /// `null` for the server itself.
    teacher: Option<String>,
    what: &'static str,
    seat: Option<SeatNumber>,
    nickname: Option<String>,
    area: Option<Area>,
    cells: Option<usize>,
    details: String,
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
    let (store, number) = (api.store.clone(), live.number);
    let deeds = blocking(move || past::deeds(&store, number)).await??;
    let teachers: HashMap<_, _> =
        api.store.teachers()?.into_iter().map(|teacher| (teacher.number, teacher.name)).collect();
    let mut lines = Vec::new();
    for deed in deeds {
        let mut told = line_of(&deed);
        told.teacher = teachers.get(&deed.teacher).cloned();
        if let Some(seat) = told.seat {
            told.nickname = api.store.seat(number, seat)?.map(|seat| seat.nickname);
        }
        if filter.takes(&told) {
            lines.push(told);
        }
    }
    Ok(match filter.format {
        Format::Json => HttpResponse::Ok().json(json!({ "record": lines })),
        Format::Csv => HttpResponse::Ok()
            .content_type(ContentType("text/csv; charset=utf-8".parse().expect("a media type")))
            .insert_header((
                CONTENT_DISPOSITION,
                format!("attachment; filename=\"{}-record.csv\"", live.id),
            ))
            .body(csv(&lines)?),
    })
}

impl Filter {
    fn takes(&self, line: &Line) -> bool {
        self.seat.is_none_or(|seat| line.seat == Some(seat))
            && self.from_ms.is_none_or(|from| from <= line.at_ms)
            && self.until_ms.is_none_or(|until| line.at_ms <= until)
    }
}

fn line_of(deed: &Deed) -> Line {
    let mut line = Line {
        seqs: [*deed.seqs.start(), *deed.seqs.end()],
        at_ms: deed.at_ms,
        teacher: None,
        what: "",
        seat: None,
        nickname: None,
        area: None,
        cells: None,
        details: String::new(),
    };
    match &deed.what {
        What::Patch(cause, cells) => {
            line.cells = Some(*cells);
            match *cause {
                Cause::Fill(area) => (line.what, line.area) = ("fill", Some(area)),
                Cause::Restore(area, at_ms) => {
                    (line.what, line.area) = ("restore", Some(area));
                    line.details = format!("to {at_ms}");
                }
                Cause::Remove(seat, from_ms) => {
                    (line.what, line.seat) = ("remove_pixels", Some(seat));
                    line.details = format!("from {from_ms}");
                }
                Cause::Revert(first, last) => {
                    line.what = "revert";
                    line.details = format!("{first} to {last}");
                }
            }
        }
        What::Other(entry) => describe(entry, &mut line),
    }
    line
}

fn describe(entry: &Entry, line: &mut Line) {
    match entry {
        Entry::SetRules { rules, .. } => {
            line.what = "rules";
            line.details = json!(rules).to_string();
        }
        Entry::Protect { area, on, .. } => {
            line.what = if *on { "protect" } else { "unprotect" };
            line.area = Some(*area);
        }
        Entry::SetSeat { seat, standing, .. } => {
            (line.what, line.seat) = ("seat", Some(*seat));
            line.details = json!({ "status": standing.status, "team": standing.team }).to_string();
        }
        Entry::SetTeam { team, rules, .. } => {
            (line.what, line.area) = ("team", rules.region);
            line.details = json!({ "team": team, "is_confined": rules.is_confined }).to_string();
        }
        Entry::Award { seats, pixels, .. } => {
            line.what = "award";
            line.details = format!("{pixels} pixels to {} people", seats.len());
        }
        _ => {}
    }
}

fn csv(lines: &[Line]) -> Result<Vec<u8>, ApiError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "time", "teacher", "what", "seat", "nickname", "x", "y", "width", "height", "cells",
        "details",
    ];
    let mut put = |row: &[String]| writer.write_record(row).map_err(ApiError::internal);
    put(&head.map(str::to_owned))?;
    for line in lines {
        let area = |part: fn(Area) -> u16| line.area.map(part);
        put(&[
            utc(line.at_ms),
            safe(line.teacher.as_deref().unwrap_or_default()),
            line.what.to_owned(),
            text(line.seat),
            safe(line.nickname.as_deref().unwrap_or_default()),
            text(area(|area| area.corner().x)),
            text(area(|area| area.corner().y)),
            text(area(Area::width)),
            text(area(Area::height)),
            text(line.cells),
            safe(&line.details),
        ])?;
    }
    writer.into_inner().map_err(|error| ApiError::internal(error.error()))
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
