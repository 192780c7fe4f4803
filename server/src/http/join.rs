//! Joining a canvas: a nickname for a seat, kept by a secret in a cookie.

use std::fmt::Write;
use std::net::IpAddr;
use std::num::NonZeroU32;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::{HttpRequest, HttpResponse, web};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use place_core::limits::NICKNAME_MAX_CHARS;
use place_core::wire::text::SeatInfo;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::error::ApiError;
use super::{Api, origin};
use crate::clock;
use crate::sequencer::LiveCanvas;
use crate::store::SeatRecord;

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

fn view(seat: SeatRecord) -> SeatInfo {
    SeatInfo { number: seat.number, nickname: seat.nickname }
}

/// `GET …/me`
pub async fn me(
    request: HttpRequest,
    id: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let live = api.canvas(&id)?;
    let seat = api.seat_of(&request, &live)?.map(view);
    Ok(HttpResponse::Ok().json(json!({ "seat": seat })))
}

/// What `POST …/join` takes.
#[derive(Deserialize)]
pub struct Join {
    nickname: String,
}

/// `POST …/join`
pub async fn join(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Join>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let live = api.canvas(&id)?;
    origin::check(&request, &api)?;
    let nickname = checked_nickname(&body.nickname)?;
    if api.is_stopping() {
        return Err(ApiError::stopping());
    }
    if let Some(seat) = api.seat_of(&request, &live)? {
        return rename(&api, &live, seat, nickname).await;
    }
    api.joins.check(origin::address(&request, &api))?;
    let secret = random_secret();
    let seat =
        api.store.create_seat(live.number, &nickname, hash(&secret), clock::wall_ms()).await?;
    Ok(HttpResponse::Created()
        .cookie(seat_cookie(&request, &api, &live, secret))
        .json(json!({ "seat": view(seat) })))
}

async fn rename(
    api: &Api,
    live: &LiveCanvas,
    seat: SeatRecord,
    nickname: String,
) -> Result<HttpResponse, ApiError> {
    api.store.rename_seat(live.number, seat.number, &nickname).await?;
    let seat = SeatInfo { number: seat.number, nickname };
    Ok(HttpResponse::Ok().json(json!({ "seat": seat })))
}

/// A nickname without surrounding or repeated blanks, if it is one.
fn checked_nickname(nickname: &str) -> Result<String, ApiError> {
    let nickname = nickname.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = (1..=NICKNAME_MAX_CHARS).contains(&nickname.chars().count());
    if fits && !nickname.chars().any(is_invisible) {
        Ok(nickname)
    } else {
        Err(ApiError::invalid(format!(
            "a nickname has 1 to {NICKNAME_MAX_CHARS} visible characters"
        )))
    }
}

/// Control characters, and those that turn the text around them about
/// (Unicode's bidirectional controls) or show nothing.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn seat_cookie<'a>(
    request: &HttpRequest,
    api: &Api,
    live: &LiveCanvas,
    secret: String,
) -> Cookie<'a> {
    let path = format!("{}/api/canvases/{}", api.settings.base_path.prefix(), live.id);
    Cookie::build(COOKIE_NAME, secret)
        .path(path)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(origin::is_https(request, api))
        .max_age(Duration::days(COOKIE_DAYS))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_are_tidied_and_bounded() {
        let table = [
            ("Ada", Some("Ada")),
            ("  Ada   L. ", Some("Ada L.")),
            ("小明", Some("小明")),
            ("", None),
            ("   ", None),
            ("abcdefghijklmnopqrstuvwxy", None),
            ("abcdefghijklmnopqrstuvwx", Some("abcdefghijklmnopqrstuvwx")),
            ("a\u{202e}b", None),
            ("a\u{7}b", None),
        ];
        for (given, expected) in table {
            assert_eq!(checked_nickname(given).ok().as_deref(), expected, "{given:?}");
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
