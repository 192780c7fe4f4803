//! Teams: what they are called, where they may draw, and who is in which.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::limits::{BATCH_MAX_ENTRIES, TEAM_NAME_MAX_CHARS, TEAMS_MAX};
use place_core::wire::lesson::{TeamInfo, TeamRule};
use place_core::{Area, Canvas, Entry, SeatNumber, Seq, Standing, TeacherNumber, Team, TeamNumber};
use serde::Deserialize;
use serde_json::json;

use super::error::ApiError;
use super::order::governed;
use super::{Api, origin};
use crate::clock;
use crate::lesson;
use crate::sequencer::{DecreeFailure, LiveCanvas};
use crate::store::{
    BOTS_MAX_OF_STUDENT, Note, SeatRecord, SeatRole, TeamRecord, is_visible, nickname_key,
};

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/teams", web::put().to(change))
        .route("/canvases/{id}/teams/deal", web::post().to(deal))
        .route("/canvases/{id}/team", web::post().to(choose));
}

/// Seats that are decided about in one batch: their bots follow in the same.
const WITH_BOTS_MAX: usize = BATCH_MAX_ENTRIES / (1 + BOTS_MAX_OF_STUDENT as usize);

/// How somebody who joins comes to a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Not now.
    None,
    /// To this one.
    Team(TeamNumber),
    /// To the smallest.
    Dealt,
}

/// What a person's wish comes to under the canvas's rule.
pub(super) fn choice(live: &LiveCanvas, wanted: Option<TeamNumber>) -> Result<Choice, ApiError> {
    let teams = live.classroom.teams();
    match (live.classroom.settings().team_rule, wanted) {
        (TeamRule::Deal, _) if !teams.is_empty() => Ok(Choice::Dealt),
        (TeamRule::Choose, Some(team)) if team != 0 => {
            known(&teams, team)?;
            Ok(Choice::Team(team))
        }
        _ => Ok(Choice::None),
    }
}

fn known(teams: &[TeamInfo], number: TeamNumber) -> Result<(), ApiError> {
    if number == 0 || teams.iter().any(|team| team.number == number) {
        Ok(())
    } else {
        Err(ApiError::invalid("there is no such team"))
    }
}

/// Puts somebody who has just joined into a team.
pub(super) async fn seat_in_team(
    api: &Api,
    live: &LiveCanvas,
    seat: SeatNumber,
    choice: Choice,
) -> Result<(), ApiError> {
    match choice {
        Choice::None => Ok(()),
        Choice::Team(team) => {
            decide(live, move |canvas| vec![put(canvas, 0, seat, team)]).await.map(drop)
        }
        Choice::Dealt => {
            let outside = not_students(api, live)?;
            let teams = numbers(live);
            let seats_max = api.store.seats_max();
            decide(live, move |canvas| {
                let counted =
                    (1..=seats_max).filter(|other| *other != seat && !outside.contains(other));
                let mut sizes = sizes(canvas, &teams, counted);
                smallest(&mut sizes).map(|team| put(canvas, 0, seat, team)).into_iter().collect()
            })
            .await
            .map(drop)
        }
    }
}

/// Seats that are in nobody's way when teams are to be of the same size. Seats
/// that are made later are students' until they are looked at again.
fn not_students(api: &Api, live: &LiveCanvas) -> Result<BTreeSet<SeatNumber>, ApiError> {
    let people = api.store.people(live.number)?;
    let students: BTreeSet<_> = people
        .iter()
        .filter(|seat| seat.role == SeatRole::Student)
        .map(|seat| seat.number)
        .collect();
    let known = people.last().map_or(0, |seat| seat.number);
    Ok((1..=known).filter(|number| !students.contains(number)).collect())
}

fn numbers(live: &LiveCanvas) -> Vec<TeamNumber> {
    live.classroom.teams().iter().map(|team| team.number).collect()
}

/// How many of some seats are in each team.
fn sizes(
    canvas: &Canvas,
    teams: &[TeamNumber],
    seats: impl Iterator<Item = SeatNumber>,
) -> BTreeMap<TeamNumber, u32> {
    let mut sizes: BTreeMap<_, _> = teams.iter().map(|team| (*team, 0)).collect();
    for seat in seats {
        if let Some(size) = sizes.get_mut(&canvas.seat(seat).standing().team) {
            *size += 1;
        }
    }
    sizes
}

/// The team with the fewest people, which has one more then; the first of those
/// that are equal.
fn smallest(sizes: &mut BTreeMap<TeamNumber, u32>) -> Option<TeamNumber> {
    let (team, size) = sizes.iter_mut().min_by_key(|(_, size)| **size)?;
    *size += 1;
    Some(*team)
}

fn put(canvas: &Canvas, teacher: TeacherNumber, seat: SeatNumber, team: TeamNumber) -> Entry {
    let standing = Standing { team, ..canvas.seat(seat).standing() };
    Entry::SetSeat { teacher, seat, standing }
}

/// Has decisions happen, if there are any.
pub(super) async fn decide(
    live: &LiveCanvas,
    decide: impl FnOnce(&Canvas) -> Vec<Entry> + Send + 'static,
) -> Result<Option<RangeInclusive<Seq>>, ApiError> {
    match live.decree(decide).await {
        Ok(seqs) => Ok(Some(seqs)),
        Err(DecreeFailure::Nothing) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Puts seats into teams, in as many batches as it takes.
pub(super) async fn put_all(
    live: &LiveCanvas,
    teacher: TeacherNumber,
    seats: &[(SeatNumber, TeamNumber)],
) -> Result<(), ApiError> {
    for some in seats.chunks(WITH_BOTS_MAX) {
        let some = some.to_vec();
        decide(live, move |canvas| {
            let is_new = |(seat, team): &&(SeatNumber, TeamNumber)| {
                canvas.seat(*seat).standing().team != *team
            };
            some.iter()
                .filter(is_new)
                .map(|(seat, team)| put(canvas, teacher, *seat, *team))
                .collect()
        })
        .await?;
    }
    Ok(())
}

/// What `POST …/team` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choose {
    team: TeamNumber,
}

/// `POST …/team`: a student's own choice.
async fn choose(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Choose>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let (live, visitor) = api.enter(&request, &id).await?;
    let seat = visitor.seat_inside()?;
    let is_student = seat.role == SeatRole::Student;
    if visitor.teacher.is_none()
        && (live.classroom.settings().team_rule != TeamRule::Choose || !is_student)
    {
        return Err(ApiError::team_given());
    }
    known(&live.classroom.teams(), body.team)?;
    put_all(&live, visitor.teacher.unwrap_or(0), &[(seat.number, body.team)]).await?;
    lesson::after_standing(&api.store, &live, seat.number);
    let you = lesson::you(&api.store, &live, seat)?;
    Ok(HttpResponse::Ok().json(json!({ "you": you })))
}

/// One team, as `PUT …/teams` takes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeamChange {
    /// The number of one that there is; without it, a new one.
    number: Option<TeamNumber>,
    name: String,
    /// `#rrggbb`.
    color: String,
    #[serde(default)]
    region: Option<Area>,
    #[serde(default)]
    is_confined: bool,
}

/// What `PUT …/teams` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    teams: Vec<TeamChange>,
}

/// `PUT …/teams`: all teams at once. Who was in one that is gone is in none.
async fn change(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Change>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let teams = numbered(body.into_inner().teams, &numbers(&live))?;
    check_regions(&live, &teams)?;
    let people = api.store.people(live.number)?;
    let is_kept = |number| teams.iter().any(|(team, _)| team.number == number);
    let gone: Vec<_> = numbers(&live).into_iter().filter(|number| !is_kept(*number)).collect();
    // In this order a crash in between leaves no region without a team.
    let left = take_apart(&live, teacher, &gone, &people).await?;
    let records: Vec<TeamRecord> = teams.iter().map(|(team, _)| team.clone()).collect();
    api.store.set_teams(live.number, records.clone()).await?;
    live.classroom.set_teams(records.into_iter().map(info).collect());
    let rules: Vec<_> = teams.iter().map(|(team, rules)| (team.number, *rules)).collect();
    decide(&live, move |canvas| {
        let is_new = |(team, rules): &(TeamNumber, Team)| canvas.team(*team) != *rules;
        let decree = |(team, rules)| Entry::SetTeam { teacher, team, rules };
        rules.into_iter().filter(is_new).map(decree).collect()
    })
    .await?;
    let note = Note::by(teacher, clock::wall_ms(), "teams");
    api.store.note(live.number, note.saying(format!("{} teams", teams.len()))).await?;
    lesson::tell(&live);
    for seat in left {
        lesson::after_standing(&api.store, &live, seat.number);
    }
    Ok(HttpResponse::Ok().json(json!({ "teams": live.lesson(clock::wall_ms()).teams })))
}

/// Takes the rules of teams away, and their people out of them. Gives those.
async fn take_apart<'a>(
    live: &LiveCanvas,
    teacher: TeacherNumber,
    gone: &[TeamNumber],
    people: &'a [SeatRecord],
) -> Result<Vec<&'a SeatRecord>, ApiError> {
    let free = gone.to_vec();
    decide(live, move |canvas| {
        let has_rules = |team: &TeamNumber| canvas.team(*team) != Team::default();
        let decree = |team| Entry::SetTeam { teacher, team, rules: Team::default() };
        free.into_iter().filter(has_rules).map(decree).collect()
    })
    .await?;
    let left: Vec<_> = {
        let state = live.state.read();
        let was_in = |seat: &&SeatRecord| gone.contains(&state.seat(seat.number).standing().team);
        people.iter().filter(was_in).collect()
    };
    let nowhere: Vec<_> = left.iter().map(|seat| (seat.number, 0)).collect();
    put_all(live, teacher, &nowhere).await?;
    Ok(left)
}

fn info(team: TeamRecord) -> TeamInfo {
    let TeamRecord { number, name, color } = team;
    TeamInfo { number, name, color, region: None, is_confined: false }
}

/// Teams with their numbers, in order; new ones get the lowest that are free.
/// `present` are those that the canvas has: no new one takes the number of one
/// that goes in the same moment.
pub(super) fn numbered(
    teams: Vec<TeamChange>,
    present: &[TeamNumber],
) -> Result<Vec<(TeamRecord, Team)>, ApiError> {
    if teams.len() > usize::from(TEAMS_MAX) {
        return Err(ApiError::invalid(format!("a canvas has up to {TEAMS_MAX} teams")));
    }
    let given: BTreeSet<_> = teams.iter().filter_map(|team| team.number).collect();
    let named = teams.iter().filter(|team| team.number.is_some()).count();
    if given.len() < named || given.iter().any(|number| !present.contains(number)) {
        return Err(ApiError::invalid("a team's number is that of one that there is, or left out"));
    }
    let is_free = |number: &TeamNumber| !given.contains(number) && !present.contains(number);
    let second = |number: &TeamNumber| !given.contains(number) && present.contains(number);
    let mut free = (1..=TEAMS_MAX).filter(is_free).chain((1..=TEAMS_MAX).filter(second));
    let mut keys = BTreeSet::new();
    let mut numbered = Vec::with_capacity(teams.len());
    for team in teams {
        let name = team_name(&team.name)?;
        if !keys.insert(nickname_key(&name)) {
            return Err(ApiError::invalid(format!("two teams are called “{name}”")));
        }
        if !is_color(&team.color) {
            return Err(ApiError::invalid("a team's color is written as #rrggbb"));
        }
        let number = team.number.or_else(|| free.next());
        let number = number.ok_or_else(|| ApiError::internal("there is a number for each"))?;
        let rules =
            Team { region: team.region, is_confined: team.is_confined && team.region.is_some() };
        let color = team.color.to_lowercase();
        numbered.push((TeamRecord { number, name, color }, rules));
    }
    numbered.sort_by_key(|(team, _)| team.number);
    Ok(numbered)
}

fn team_name(name: &str) -> Result<String, ApiError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=TEAM_NAME_MAX_CHARS).contains(&name.chars().count());
    if fits && is_visible(&name) && !nickname_key(&name).is_empty() {
        Ok(name)
    } else {
        Err(ApiError::invalid(format!("a team's name has 1 to {TEAM_NAME_MAX_CHARS} characters")))
    }
}

fn is_color(color: &str) -> bool {
    let digits = color.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Regions lie in the canvas and do not overlap: in cells of two teams nobody
/// could draw.
fn check_regions(live: &LiveCanvas, teams: &[(TeamRecord, Team)]) -> Result<(), ApiError> {
    let (size, _) = live.shape();
    let regions: Vec<_> =
        teams.iter().filter_map(|(team, rules)| Some((&team.name, rules.region?))).collect();
    for (at, (name, region)) in regions.iter().enumerate() {
        if !region.fits(size) {
            return Err(ApiError::invalid(format!("the region of {name} is not in the canvas")));
        }
        if let Some((other, _)) = regions[..at].iter().find(|(_, other)| overlap(*region, *other)) {
            return Err(ApiError::invalid(format!("the regions of {other} and {name} overlap")));
        }
    }
    Ok(())
}

fn overlap(one: Area, other: Area) -> bool {
    let (a, b) = (one.corner(), other.corner());
    let apart = |from: u16, length: u16, other: u16| {
        u32::from(from) + u32::from(length) <= u32::from(other)
    };
    !(apart(a.x, one.width(), b.x)
        || apart(b.x, other.width(), a.x)
        || apart(a.y, one.height(), b.y)
        || apart(b.y, other.height(), a.y))
}

/// What `POST …/teams/deal` takes.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Deal {
    /// Everybody anew, at random, and not only those without a team.
    everyone: bool,
}

/// `POST …/teams/deal`: deals students to the teams, so that these are of about
/// the same size.
async fn deal(
    request: HttpRequest,
    id: web::Path<String>,
    body: Option<web::Json<Deal>>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, teacher) = governed(&request, &api, &id).await?;
    let everyone = body.is_some_and(|body| body.everyone);
    let people = api.store.people(live.number)?;
    let teams = numbers(&live);
    if teams.is_empty() {
        return Err(ApiError::invalid("there are no teams yet"));
    }
    let mut students: Vec<_> =
        people.iter().filter(|seat| seat.role == SeatRole::Student).collect();
    shuffle(&mut students);
    let dealt: Vec<_> = {
        let state = live.state.read();
        let team_of = |seat: &SeatRecord| state.seat(seat.number).standing().team;
        let settled = students.iter().filter(|seat| !everyone && team_of(seat) != 0);
        let mut sizes = sizes(&state, &teams, settled.map(|seat| seat.number));
        let homeless = students.iter().filter(|seat| everyone || team_of(seat) == 0);
        homeless.filter_map(|seat| Some((*seat, smallest(&mut sizes)?))).collect()
    };
    let seats: Vec<_> = dealt.iter().map(|(seat, team)| (seat.number, *team)).collect();
    put_all(&live, teacher, &seats).await?;
    let note = Note::by(teacher, clock::wall_ms(), "deal");
    api.store.note(live.number, note.saying(format!("{} people", seats.len()))).await?;
    for (seat, _) in dealt {
        lesson::after_standing(&api.store, &live, seat.number);
    }
    Ok(HttpResponse::Ok().json(json!({ "dealt": seats.len() })))
}

/// Any order, each with the same chance (Fisher and Yates).
fn shuffle<T>(items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).expect("the system gives random numbers");
        // 64 bits for a list of thousands: no order is noticeably more likely.
        let other = u64::from_le_bytes(bytes) % (last as u64 + 1);
        items.swap(last, other as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team(number: Option<TeamNumber>, name: &str) -> TeamChange {
        let (name, color) = (name.to_owned(), "#AA00ff".to_owned());
        TeamChange { number, name, color, region: None, is_confined: true }
    }

    #[test]
    fn teams_keep_their_numbers_and_new_ones_take_free_ones() {
        let numbers = |teams: Vec<TeamChange>, present: &[u8]| {
            let numbered = numbered(teams, present).ok()?;
            Some(numbered.iter().map(|(team, _)| team.number).collect::<Vec<_>>())
        };
        assert_eq!(numbers(vec![team(None, "A"), team(None, "B")], &[]), Some(vec![1, 2]));
        assert_eq!(numbers(vec![team(None, "C"), team(Some(2), "B")], &[1, 2]), Some(vec![2, 3]));
        assert_eq!(numbers(vec![team(Some(3), "C")], &[1, 2]), None);
        assert_eq!(numbers(vec![team(Some(1), "A"), team(Some(1), "B")], &[1]), None);
        assert_eq!(numbers(vec![team(None, "Red"), team(None, " RED ")], &[]), None);
        assert_eq!(numbers(vec![team(None, "\u{202e}x")], &[]), None);
        let all: Vec<u8> = (1..=TEAMS_MAX).collect();
        let anew = (0..TEAMS_MAX).map(|n| team(None, &n.to_string())).collect();
        assert_eq!(numbers(anew, &all), Some(all));
    }

    #[test]
    fn colors_have_one_form() {
        for (color, is_one) in
            [("#a0B1c2", true), ("a0b1c2", false), ("#fff", false), ("#gggggg", false)]
        {
            assert_eq!(is_color(color), is_one, "{color}");
        }
    }

    #[test]
    fn the_smallest_team_is_next() {
        let mut sizes = BTreeMap::from([(1, 2), (2, 0), (3, 1)]);
        let dealt: Vec<_> = (0..6).filter_map(|_| smallest(&mut sizes)).collect();
        assert_eq!(dealt, [2, 2, 3, 1, 2, 3]);
        assert_eq!(smallest(&mut BTreeMap::new()), None);
    }

    #[test]
    fn regions_that_touch_do_not_overlap() {
        let area =
            |x, y, width, height| Area::new(place_core::Cell { x, y }, width, height).unwrap();
        let region = area(4, 4, 4, 4);
        for (other, expected) in [
            (area(0, 0, 4, 4), false),
            (area(0, 0, 5, 5), true),
            (area(8, 4, 4, 4), false),
            (area(4, 8, 4, 4), false),
            (area(5, 5, 1, 1), true),
            (area(0, 5, 16, 1), true),
        ] {
            assert_eq!(overlap(region, other), expected, "{other:?}");
            assert_eq!(overlap(other, region), expected, "{other:?}");
        }
    }

    #[test]
    fn a_shuffled_list_has_the_same_items() {
        let mut list: Vec<u32> = (0..1000).collect();
        shuffle(&mut list);
        assert!(!list.is_sorted());
        list.sort_unstable();
        assert!(list.into_iter().eq(0..1000));
    }
}
