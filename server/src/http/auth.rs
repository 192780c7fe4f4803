//! Who asks: a teacher's browser or program, or whoever owns the server.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use place_core::TeacherNumber;
use place_core::cooldown::Millis;

use super::error::ApiError;
use super::join::hash;
use super::{Api, admin, origin};
use crate::clock;
use crate::store::{KeyKind, KeyRecord, TeacherRecord};

/// The cookie of a teacher's log-in.
const COOKIE_NAME: &str = "place_teacher";

/// Days after which a log-in ends.
pub const LOGIN_DAYS: i64 = 30;

/// How exactly the last use of a key is kept, in milliseconds.
const SEEN_EVERY_MS: Millis = 60_000;

/// Who asks for something that students may not.
#[derive(Clone, Debug)]
pub enum Principal {
    /// The owner of the server: by the control socket or the admin token.
    Owner,
    /// A teacher, with the key that was shown.
    Teacher(TeacherRecord, KeyRecord),
}

impl Principal {
    /// The number for the journal; the owner is the server itself.
    pub fn number(&self) -> TeacherNumber {
        match self {
            Self::Owner => 0,
            Self::Teacher(teacher, _) => teacher.number,
        }
    }
}

/// Whether a request shows something that could be a teacher's or the owner's.
pub fn has_key(request: &HttpRequest) -> bool {
    request.cookie(COOKIE_NAME).is_some()
        || admin::bearer(request).is_some()
        || admin::is_control(request)
}

/// Who asks, if it is a teacher or the owner.
pub async fn principal(request: &HttpRequest, api: &Api) -> Result<Principal, ApiError> {
    let bearer = admin::bearer(request);
    if admin::is_owner(request, bearer, &api.admin) {
        return Ok(Principal::Owner);
    }
    let shown = match bearer {
        Some(token) => Some((KeyKind::Token, hash(token))),
        None => request.cookie(COOKIE_NAME).map(|cookie| (KeyKind::Login, hash(cookie.value()))),
    };
    let (kind, secret_hash) = shown.ok_or_else(ApiError::not_allowed)?;
    let now = clock::wall_ms();
    let key = api.store.key(kind, secret_hash, now)?.ok_or_else(ApiError::not_allowed)?;
    let number = key.teacher.ok_or_else(ApiError::not_allowed)?;
    let teacher = api.store.teacher(number)?.ok_or_else(ApiError::not_allowed)?;
    if key.seen_ms + SEEN_EVERY_MS <= now {
        // That a disk is full keeps nobody out.
        let _ = api.store.touch_key(key.id, now).await;
    }
    Ok(Principal::Teacher(teacher, key))
}

/// The same for a change: refused when another site's page asks.
pub async fn author(request: &HttpRequest, api: &Api) -> Result<Principal, ApiError> {
    origin::check(request, api)?;
    principal(request, api).await
}

/// The teacher who asks about the own account.
pub async fn teacher(
    request: &HttpRequest,
    api: &Api,
) -> Result<(TeacherRecord, KeyRecord), ApiError> {
    match principal(request, api).await? {
        Principal::Teacher(teacher, key) => Ok((teacher, key)),
        Principal::Owner => Err(ApiError::not_a_teacher()),
    }
}

/// The cookie of a log-in; an empty secret takes it away.
pub fn cookie<'a>(request: &HttpRequest, api: &Api, secret: String) -> Cookie<'a> {
    let days = if secret.is_empty() { 0 } else { LOGIN_DAYS };
    Cookie::build(COOKIE_NAME, secret)
        .path(format!("{}/", api.settings.base_path.prefix()))
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(origin::is_https(request, api))
        .max_age(Duration::days(days))
        .finish()
}
