//! Joining a canvas: a nickname for a seat, kept by a secret in a cookie.

use std::fmt::Write;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::{HttpRequest, HttpResponse, web};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use place_core::wire::text::SeatInfo;
use place_core::{Entry, SeatNumber, Standing, TeacherNumber, TeamNumber};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::ApiError;
use super::visitor::{self, Visitor};
use super::{Api, origin, teams};
use crate::classroom::filter::is_clean;
use crate::classroom::{JoinRule, new_card, tidy_code};
use crate::clock;
use crate::lesson;
use crate::sequencer::LiveCanvas;
use crate::store::{NewSeat, SeatRecord, SeatRole, SeatState, nickname, nickname_key};

/// The seat's cookie. Its path is that of its canvas, so that each canvas gets
/// its own.
const COOKIE_NAME: &str = "place_seat";

/// Days a browser keeps its seat: a school year.
const COOKIE_DAYS: i64 = 365;

/// Bytes of a secret: 256 bits can't be guessed.
const SECRET_BYTES: usize = 32;

/// Addresses remembered by the throttle before it forgets the idle ones.
const THROTTLE_MAX_ADDRESSES: usize = 10_000;

/// Joins per address in a short time. A school shares one address: the limits
/// are a ceiling against floods, not a rule for people.
pub struct Throttle(DefaultKeyedRateLimiter<IpAddr>);

impl Throttle {
    /// Allows `per_second` joins, `burst` of them at once.
    pub fn new(per_second: NonZeroU32, burst: NonZeroU32) -> Self {
        Self(RateLimiter::keyed(Quota::per_second(per_second).allow_burst(burst)))
    }

    fn check(&self, address: IpAddr) -> Result<(), ApiError> {
        if self.0.len() > THROTTLE_MAX_ADDRESSES {
            self.0.retain_recent();
        }
        self.0.check_key(&address).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            ApiError::slow_down(wait.as_secs() as u32 + 1)
        })
    }
}

/// A new secret, as 64 hexadecimal digits.
pub fn random_secret() -> String {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    bytes.iter().fold(String::with_capacity(2 * SECRET_BYTES), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// What is stored of a secret.
pub fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The hash of the secret in a request's cookie. Only the hash is stored: who
/// reads the database can't take anybody's seat.
pub fn secret_hash(request: &HttpRequest) -> Option<[u8; 32]> {
    request.cookie(COOKIE_NAME).map(|cookie| hash(cookie.value()))
}

/// A seat as its own person is told.
pub(super) fn view(seat: &SeatRecord) -> SeatInfo {
    SeatInfo { number: seat.number, nickname: seat.nickname.clone() }
}

/// How far somebody has come in, in a word.
fn state(seat: &SeatRecord) -> &'static str {
    if seat.state == SeatState::Waiting { "waiting" } else { "here" }
}

/// `GET …/me`
async fn me(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (live, visitor) = api.visit(&request, &id).await?;
    let you = api.you(&live, &visitor)?;
    let seat = visitor.seat.as_ref();
    let card = match seat {
        Some(seat) if visitor.teacher.is_none() => card_of(&api, &live, seat).await?,
        _ => None,
    };
    Ok(HttpResponse::Ok().json(json!({
        "seat": seat.map(view),
        "you": you,
        "card": card,
        "state": seat.map(state),
    })))
}

/// The card of a student's seat.
async fn card_of(
    api: &Api,
    live: &LiveCanvas,
    seat: &SeatRecord,
) -> Result<Option<String>, ApiError> {
    match seat.role {
        SeatRole::Student => {
            Ok(Some(api.store.card_or_new(live.number, seat.number, new_card).await?))
        }
        SeatRole::Teacher | SeatRole::Bot => Ok(None),
    }
}

/// What `POST …/join` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Join {
    nickname: String,
    /// The own seat, for whoever only wants another name.
    seat: Option<SeatNumber>,
    /// The class code, as it was typed.
    code: Option<String>,
    /// The key of the link or QR code.
    key: Option<String>,
    /// The team, where it is chosen.
    team: Option<TeamNumber>,
}

/// `POST …/join`
async fn join(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Join>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let (live, visitor) = api.visit(&request, &id).await?;
    if api.is_stopping() {
        return Err(ApiError::stopping());
    }
    visitor.check_not_banned(&live)?;
    match visitor {
        Visitor { teacher: Some(number), .. } => join_as_teacher(&api, &live, number).await,
        Visitor { seat, .. } => match body.seat {
            Some(number) => {
                let own =
                    seat.filter(|seat| seat.number == number).ok_or_else(ApiError::no_seat)?;
                rename(&api, &live, own, &body.nickname).await
            }
            None => join_as_student(&request, &api, &live, body.into_inner()).await,
        },
    }
}

/// Takes a new seat, also in a browser that has one already: whoever planted
/// that cookie must not come to sit with whoever joins. It ends: the machine is
/// shared.
async fn join_as_student(
    request: &HttpRequest,
    api: &Api,
    live: &LiveCanvas,
    body: Join,
) -> Result<HttpResponse, ApiError> {
    let state = admission(request, api, live, body.code.as_deref(), body.key.as_deref())?;
    let nickname = acceptable(live, &body.nickname)?;
    let choice = teams::choice(live, body.team)?;
    api.joins.check(origin::address(request, api))?;
    let secret = random_secret();
    let new = NewSeat { state, ..NewSeat::student(&nickname, hash(&secret), clock::wall_ms()) };
    let seat = api.store.create_seat(live.number, new, new_card).await?;
    if let Some(old) = secret_hash(request) {
        api.store.end_secret(live.number, old).await?;
    }
    teams::seat_in_team(api, live, seat.number, choice).await?;
    live.note_changed(seat.number);
    let told = told(api, live, &seat).await?;
    Ok(HttpResponse::Created().cookie(cookie(request, api, live, &secret)).json(told))
}

/// What somebody is told about the own seat.
async fn told(api: &Api, live: &LiveCanvas, seat: &SeatRecord) -> Result<Value, ApiError> {
    let card = card_of(api, live, seat).await?;
    Ok(json!({ "seat": view(seat), "card": card, "state": state(seat) }))
}

/// Whether somebody may take a seat now, and how far in it is.
fn admission(
    request: &HttpRequest,
    api: &Api,
    live: &LiveCanvas,
    code: Option<&str>,
    key: Option<&str>,
) -> Result<SeatState, ApiError> {
    let settings = live.classroom.settings();
    if settings.is_archived {
        return Err(ApiError::archived());
    }
    match settings.join {
        JoinRule::Open => Ok(SeatState::Here),
        JoinRule::Roster => Err(ApiError::roster_only()),
        JoinRule::Code => knows_code(request, api, live, code, key).map(|()| SeatState::Here),
        JoinRule::Approve => knows_code(request, api, live, code, key).map(|()| SeatState::Waiting),
    }
}

/// Lets those pass who know the class code or the link. The key of a link can't
/// be guessed, so those who have it are never held up.
fn knows_code(
    request: &HttpRequest,
    api: &Api,
    live: &LiveCanvas,
    code: Option<&str>,
    key: Option<&str>,
) -> Result<(), ApiError> {
    let codes = api.store.codes(live.number)?;
    if key.is_some_and(|key| is_same(key, codes.link_key.as_deref())) {
        return Ok(());
    }
    let Some(code) = code else {
        let error = if key.is_some() { ApiError::wrong_code() } else { ApiError::code_needed() };
        return Err(error);
    };
    let code = tidy_code(code).ok_or_else(ApiError::wrong_code)?;
    let guess = api.guess_code(request)?;
    if is_same(&code, codes.code.as_deref()) {
        guess.was_right();
        Ok(())
    } else {
        Err(ApiError::wrong_code())
    }
}

/// Compares in a time that tells nothing about the secret.
pub(super) fn is_same(given: &str, secret: Option<&str>) -> bool {
    secret.is_some_and(|secret| given.as_bytes().ct_eq(secret.as_bytes()).into())
}

/// A name that somebody may choose in a canvas.
pub(super) fn acceptable(live: &LiveCanvas, name: &str) -> Result<String, ApiError> {
    let name = nickname(name)?;
    if is_fine(&name, &live.classroom.settings().words) {
        Ok(name)
    } else {
        Err(ApiError::nickname_refused())
    }
}

/// Whether a name has no bad word in it. Numbers behind a name are no letters
/// in disguise: there are many a Max 35.
fn is_fine(name: &str, words: &[String]) -> bool {
    let plain: Vec<_> = name
        .split(' ')
        .map(|word| word.trim_end_matches(|letter: char| letter.is_ascii_digit()))
        .collect();
    let key = nickname_key(name);
    is_clean(&plain.join(" "), words) && words.iter().all(|word| nickname_key(word) != key)
}

/// A teacher's own seat: known to everybody as the teacher's, and held up by no
/// rule of drawing.
async fn join_as_teacher(
    api: &Api,
    live: &LiveCanvas,
    teacher: TeacherNumber,
) -> Result<HttpResponse, ApiError> {
    if teacher == 0 {
        return Err(ApiError::not_a_teacher());
    }
    let seat = api.store.seat_for_teacher(live.number, teacher, clock::wall_ms()).await?;
    let number = seat.number;
    // Also for a seat that a crash left without it.
    teams::decide(live, move |canvas| {
        let standing = canvas.seat(number).standing();
        let next = Standing { is_teacher: true, ..standing };
        let decree = Entry::SetSeat { teacher, seat: number, standing: next };
        if next == standing { Vec::new() } else { vec![decree] }
    })
    .await?;
    live.note_changed(number);
    Ok(HttpResponse::Created().json(told(api, live, &seat).await?))
}

async fn rename(
    api: &Api,
    live: &LiveCanvas,
    seat: SeatRecord,
    name: &str,
) -> Result<HttpResponse, ApiError> {
    if live.classroom.settings().join == JoinRule::Roster {
        return Err(ApiError::roster_only());
    }
    let nickname = acceptable(live, name)?;
    api.store.rename_seat(live.number, seat.number, &nickname, None).await?;
    let seat = SeatRecord { nickname, ..seat };
    lesson::after_standing(&api.store, live, seat.number);
    Ok(HttpResponse::Ok().json(told(api, live, &seat).await?))
}

/// What `POST …/card` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    card: String,
}

/// `POST …/card`: comes back to the own seat, from any machine.
async fn card(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Card>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let live = api.canvas(&id)?;
    if let Some(seat) = api.seat_of(&request, &live)? {
        visitor::not_banned(&live, seat.number)?;
    }
    let code = tidy_code(&body.card).ok_or_else(ApiError::unknown_code)?;
    let (found, seat) = by_card(&request, &api, &code)?;
    if found.number != live.number {
        return Err(ApiError::unknown_code());
    }
    let (seat, secret) = sit_down(&request, &api, &live, seat, &code).await?;
    Ok(HttpResponse::Ok()
        .cookie(cookie(&request, &api, &live, &secret))
        .json(json!({ "seat": view(&seat), "card": code })))
}

/// The canvas and the seat of a card.
pub(super) fn by_card(
    request: &HttpRequest,
    api: &Api,
    code: &str,
) -> Result<(Arc<LiveCanvas>, SeatNumber), ApiError> {
    let guess = api.guess_card(request)?;
    let (canvas, seat) = api.store.seat_by_card(code)?.ok_or_else(ApiError::unknown_code)?;
    let live = api.canvases.by_number(canvas).ok_or_else(ApiError::unknown_code)?;
    guess.was_right();
    Ok((live, seat))
}

/// Gives the person with a card a secret of this browser's own. The one that
/// the browser had for another seat of the canvas ends: the machine is shared.
pub(super) async fn sit_down(
    request: &HttpRequest,
    api: &Api,
    live: &LiveCanvas,
    seat: SeatNumber,
    code: &str,
) -> Result<(SeatRecord, String), ApiError> {
    visitor::not_banned(live, seat)?;
    if live.classroom.settings().is_archived {
        return Err(ApiError::archived());
    }
    if let Some(old) = secret_hash(request) {
        api.store.end_secret(live.number, old).await?;
    }
    let secret = random_secret();
    let opened = api.store.open_by_card(code, hash(&secret), clock::wall_ms()).await?;
    let seat = opened.ok_or_else(ApiError::unknown_code)?;
    live.note_changed(seat.number);
    Ok((seat, secret))
}

/// `POST …/leave`: the next person at this machine is somebody else.
async fn leave(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let live = api.canvas(&id)?;
    let seat = api.seat_of(&request, &live)?.ok_or_else(ApiError::no_seat)?;
    visitor::not_banned(&live, seat.number)?;
    if let Some(secret_hash) = visitor::seat_secret(&request) {
        api.store.end_secret(live.number, secret_hash).await?;
    }
    let gone = cookie(&request, &api, &live, "");
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/canvases/{id}/me", web::get().to(me))
        .route("/canvases/{id}/join", web::post().to(join))
        .route("/canvases/{id}/card", web::post().to(card))
        .route("/canvases/{id}/leave", web::post().to(leave));
}

/// The cookie of a seat; an empty secret takes it away.
pub(super) fn cookie<'a>(
    request: &HttpRequest,
    api: &Api,
    live: &LiveCanvas,
    secret: &str,
) -> Cookie<'a> {
    let path = format!("{}/api/canvases/{}", api.settings.base_path.prefix(), live.id);
    let days = if secret.is_empty() { 0 } else { COOKIE_DAYS };
    Cookie::build(COOKIE_NAME, secret.to_owned())
        .path(path)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(origin::is_https(request, api))
        .max_age(Duration::days(days))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_pass_and_insults_do_not() {
        let words = ["67".to_owned(), "Kartoffel".to_owned()];
        for name in ["Cassandra", "Max 35", "P95", "小明", "Мария", "محمد", "נועה", "👩‍🎨 Zoë", "167"]
        {
            assert!(is_fine(name, &words), "{name}");
        }
        for name in
            ["fuck", "f u c k", "fuck 35", "fuck35", "sh1t", "67", "die Kartoffel", "kartoffel 3"]
        {
            assert!(!is_fine(name, &words), "{name}");
        }
        for number in 0..2000 {
            for name in ["Person", "Pupil", "Person of the class", "bot"] {
                assert!(is_fine(&format!("{name} {number}"), &words), "{name} {number}");
            }
        }
    }

    #[test]
    fn a_school_joins_from_one_address_and_a_flood_does_not() {
        let throttle = Throttle::new(NonZeroU32::new(100).unwrap(), NonZeroU32::new(1500).unwrap());
        let school = IpAddr::from([10, 0, 0, 1]);
        assert!((0..1000).all(|_| throttle.check(school).is_ok()), "1,000 at once");
        assert!((0..10_000).any(|_| throttle.check(school).is_err()), "but not 10,000");
        assert!(throttle.check(IpAddr::from([10, 0, 0, 2])).is_ok(), "others are not concerned");
    }
}
