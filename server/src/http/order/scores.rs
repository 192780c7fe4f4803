//! The scores: how much everybody has placed, and how much of it still stands.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::wire::lesson::{Names, Role};
use place_core::{SeatNumber, TeamNumber};
use serde::Serialize;

use super::super::chat::reader;
use super::super::error::ApiError;
use super::super::{Api, blocking};
use crate::lesson;
use crate::sequencer::LiveCanvas;
use crate::store::SeatState;

/// People told by name: what fits on a poster.
const PEOPLE_MAX: usize = 50;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/canvases/{id}/scores", web::get().to(scores));
}

#[derive(Serialize)]
struct Scores {
    /// By number.
    teams: Vec<Team>,
    /// Those with the most cells that stand first, up to 50 of them; teachers
    /// are not among them. Empty where names are not told.
    people: Vec<Person>,
}

#[derive(Serialize)]
struct Team {
    team: TeamNumber,
    #[serde(flatten)]
    score: Score,
}

#[derive(Serialize)]
struct Person {
    seat: SeatNumber,
    nickname: String,
    team: TeamNumber,
    #[serde(flatten)]
    score: Score,
}

#[derive(Clone, Copy, Default, Serialize)]
struct Score {
    /// Pixels placed, without those taken back.
    placed: u64,
    /// Cells that are still theirs.
    standing: u64,
}

/// `GET …/scores`
async fn scores(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, visitor) = api.enter(&request, &id).await?;
    reader(&visitor)?;
    let settings = live.classroom.settings();
    let is_teacher = visitor.teacher.is_some();
    if !settings.scores && !is_teacher {
        return Err(ApiError::no_scores());
    }
    let tells_names = is_teacher || settings.names == Names::Nickname;
    let api = api.into_inner();
    let scores = blocking(move || count(&api, &live, tells_names)).await??;
    Ok(HttpResponse::Ok().json(scores))
}

fn count(api: &Api, live: &LiveCanvas, tells_names: bool) -> Result<Scores, ApiError> {
    let last = api.store.seats(live.number)?;
    let standing = live.standing();
    let mut all: Vec<(SeatNumber, TeamNumber, Score)> = {
        let state = live.state.read();
        let score = |number: SeatNumber| {
            let seat = state.seat(number);
            let standing = standing.get(number as usize).copied().unwrap_or(0);
            let score = Score { placed: seat.placed().into(), standing: standing.into() };
            (number, seat.standing().team, score)
        };
        (1..=last).map(score).collect()
    };
    let teams = live.classroom.teams();
    let mut sums: BTreeMap<TeamNumber, Score> =
        teams.iter().map(|team| (team.number, Score::default())).collect();
    for (_, team, score) in &all {
        if let Some(sum) = sums.get_mut(team) {
            sum.placed += score.placed;
            sum.standing += score.standing;
        }
    }
    all.retain(|(_, _, score)| score.placed > 0);
    all.sort_by_key(|(_, _, score)| Reverse((score.standing, score.placed)));
    let people = if tells_names { best(api, live, &all)? } else { Vec::new() };
    let teams = sums.into_iter().map(|(team, score)| Team { team, score }).collect();
    Ok(Scores { teams, people })
}

/// The first of them who can be named.
fn best(
    api: &Api,
    live: &LiveCanvas,
    all: &[(SeatNumber, TeamNumber, Score)],
) -> Result<Vec<Person>, ApiError> {
    let mut people = Vec::new();
    for (seat, team, score) in all {
        if people.len() == PEOPLE_MAX {
            break;
        }
        let Some(record) = api.store.seat(live.number, *seat)? else { continue };
        if record.state == SeatState::Forgotten || lesson::seat_role(&record) == Role::Teacher {
            continue;
        }
        let nickname = lesson::seat_name(&api.store, &record)?;
        people.push(Person { seat: *seat, nickname, team: *team, score: *score });
    }
    Ok(people)
}
