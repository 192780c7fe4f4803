//! What can be decided about a seat: take its pixels away, freeze it, send it
//! away, put it in a team, give it pixels; and taking decisions back.

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::cooldown::{Allowance, Millis};
use place_core::travel::Without;
use place_core::wire::text::ServerText;
use place_core::{Cause, Entry, SeatNumber, Seq, Standing, Status, TeamNumber};
use serde::Deserialize;

use super::super::error::ApiError;
use super::super::{Api, blocking};
use super::{areas, decree, entries, extent, governed, preview};
use crate::lesson;
use crate::past;
use crate::sequencer::{Audience, LiveCanvas};
use crate::store::Until;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/seats/{seat}/remove-pixels", web::post().to(remove_pixels))
        .route("/canvases/{id}/seats/{seat}/standing", web::post().to(standing))
        .route("/canvases/{id}/award", web::post().to(award))
        .route("/canvases/{id}/revert", web::post().to(revert));
}

fn known(api: &Api, live: &LiveCanvas, seat: SeatNumber) -> Result<(), ApiError> {
    match api.store.seat(live.number, seat)? {
        Some(_) => Ok(()),
        None => Err(ApiError::no_such_seat(seat)),
    }
}

/// What `POST …/seats/{seat}/remove-pixels` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemovePixels {
    /// From when on, in milliseconds since the Unix epoch; all, if not named.
    #[serde(default)]
    from_ms: Millis,
    /// Only tell what would happen.
    #[serde(default)]
    preview: bool,
}

/// `POST …/seats/{seat}/remove-pixels`: takes somebody's pixels away where they
/// still stand; what was under them comes back.
async fn remove_pixels(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    body: web::Json<RemovePixels>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, seat) = path.into_inner();
    let (live, teacher) = governed(&request, &api, &id).await?;
    known(&api, &live, seat)?;
    let RemovePixels { from_ms, preview: is_preview } = body.into_inner();
    let without = Some(Without { seat, from_ms });
    let (store, number, size) = (api.store.clone(), live.number, live.state.read().size());
    let now = Until::Seq(live.state.read().seq());
    let replay = api.reading(move || past::replay(&store, number, size, now, without)).await??;
    if is_preview {
        let work = move || {
            let now = live.copy();
            let patches = replay.remove(now.marks());
            preview(&now, extent(now.size(), &patches), &patches)
        };
        return Ok(HttpResponse::Ok().json(blocking(work).await?));
    }
    decree(&live, move |canvas| {
        entries(teacher, Cause::Remove(seat, from_ms), replay.remove(canvas.marks()))
    })
    .await
}

/// What `POST …/seats/{seat}/standing` takes; what is not named stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewStanding {
    status: Option<Status>,
    team: Option<TeamNumber>,
}

/// `POST …/seats/{seat}/standing`
async fn standing(
    request: HttpRequest,
    path: web::Path<(String, SeatNumber)>,
    body: web::Json<NewStanding>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, seat) = path.into_inner();
    let (live, teacher) = governed(&request, &api, &id).await?;
    known(&api, &live, seat)?;
    let NewStanding { status, team } = body.into_inner();
    let answer = decree(&live, move |canvas| {
        let now = canvas.seat(seat).standing();
        let next = Standing {
            status: status.unwrap_or(now.status),
            team: team.unwrap_or(now.team),
            ..now
        };
        if next == now {
            Vec::new()
        } else {
            vec![Entry::SetSeat { teacher, seat, standing: next }]
        }
    })
    .await?;
    lesson::after_standing(&api.store, &live, seat);
    Ok(answer)
}

/// What `POST …/award` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Award {
    to: To,
    pixels: u16,
}

/// Who is given something.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "lowercase")]
enum To {
    All,
    Team(TeamNumber),
    Seats(Vec<SeatNumber>),
}

/// `POST …/award`: gives pixels to all, to a team, or to some.
async fn award(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Award>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let Award { to, pixels } = body.into_inner();
    if !(1..=place_core::limits::SAVED_MAX_PIXELS).contains(&pixels) {
        let most = place_core::limits::SAVED_MAX_PIXELS;
        return Err(ApiError::invalid(format!("1 to {most} pixels can be given")));
    }
    let last = api.store.seats(live.number)?;
    if let To::Seats(seats) = &to {
        seats.iter().try_for_each(|seat| known(&api, &live, *seat))?;
    }
    let given = to.clone();
    let answer = decree(&live, move |canvas| {
        let mut seats: Vec<SeatNumber> = match to {
            To::All => (1..=last).collect(),
            To::Team(team) => {
                (1..=last).filter(|seat| canvas.seat(*seat).standing().team == team).collect()
            }
            To::Seats(seats) => seats,
        };
        seats.sort_unstable();
        seats.dedup();
        if seats.is_empty() { Vec::new() } else { vec![Entry::Award { teacher, seats, pixels }] }
    })
    .await?;
    tell_allowances(&live, &given);
    Ok(answer)
}

/// Tells those who were given something, and are here, what they may place now.
fn tell_allowances(live: &LiveCanvas, given: &To) {
    for seat in live.seats_online() {
        let (team, Allowance { saved, next_ms }) = {
            let state = live.state.read();
            (state.seat(seat).standing().team, state.allowance(seat, live.clock.now()))
        };
        let is_given = match given {
            To::All => true,
            To::Team(number) => team == *number,
            To::Seats(seats) => seats.contains(&seat),
        };
        if !is_given {
            continue;
        }
        live.say(Audience::Seat(seat), &ServerText::Allowance { saved, next_ms });
    }
}

/// What `POST …/revert` takes: the seqs that a deed took.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revert {
    seqs: [Seq; 2],
}

/// `POST …/revert`: takes back what was decided, where nothing newer stands.
async fn revert(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Revert>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let [first, last] = body.into_inner().seqs;
    if first < 2 || first > last || last > live.state.read().seq() {
        return Err(ApiError::invalid("those seqs are not the canvas's"));
    }
    let (store, number) = (api.store.clone(), live.number);
    let revert = api.reading(move || past::revert(&store, number, &(first..=last))).await??;
    if !revert.has_decisions() {
        return Err(ApiError::invalid("no teacher decided anything there"));
    }
    let (seats, has_teams) = (revert.seats(), revert.has_teams());
    let has_protection = revert.has_protection();
    let answer = decree(&live, move |canvas| revert.decrees(teacher, canvas)).await?;
    for seat in seats {
        lesson::after_standing(&api.store, &live, seat);
    }
    if has_protection {
        areas::tell_protected(&live).await?;
    } else if has_teams {
        lesson::tell(&live);
    }
    Ok(answer)
}
