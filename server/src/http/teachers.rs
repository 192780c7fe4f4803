//! Teachers' accounts: set up, log in and out, and what opens them.

use actix_web::http::header::USER_AGENT;
use actix_web::{HttpRequest, HttpResponse, web};
use place_core::TeacherNumber;
use place_core::cooldown::Millis;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::auth::{self, LOGIN_DAYS, Principal};
use super::error::ApiError;
use super::join::{hash, random_secret};
use super::{Api, origin};
use crate::clock;
use crate::lesson;
use crate::store::{KeyKind, KeyRecord, NewKey, Store, StoreError, TeacherRecord, name_key};

const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// How long a link to choose a password can be used.
pub const LINK_DAYS: Millis = 7;

/// A key without an end.
const NEVER_MS: Millis = i64::MAX as Millis;

/// A teacher as the API tells it.
#[derive(Serialize)]
struct TeacherView {
    number: TeacherNumber,
    name: String,
    created_ms: Millis,
}

impl From<TeacherRecord> for TeacherView {
    fn from(teacher: TeacherRecord) -> Self {
        let TeacherRecord { number, name, created_ms } = teacher;
        Self { number, name, created_ms }
    }
}

/// A log-in or a token as the API tells it; never its secret.
#[derive(Serialize)]
struct KeyView {
    id: i64,
    label: String,
    created_ms: Millis,
    seen_ms: Millis,
    /// Whether this very request was made with it.
    is_this: bool,
}

fn views(keys: Vec<KeyRecord>, this: i64) -> Vec<KeyView> {
    let view = |KeyRecord { id, label, created_ms, seen_ms, .. }| KeyView {
        id,
        label,
        created_ms,
        seen_ms,
        is_this: id == this,
    };
    keys.into_iter().map(view).collect()
}

/// Makes a link to choose a password: for a new account, or for a teacher's.
/// Gives its secret.
pub async fn make_link(
    store: &Store,
    teacher: Option<TeacherNumber>,
) -> Result<String, StoreError> {
    let (secret, now) = (random_secret(), clock::wall_ms());
    let new = NewKey {
        kind: KeyKind::Link,
        teacher,
        secret_hash: hash(&secret),
        label: String::new(),
        now,
        ends_ms: now + LINK_DAYS * DAY_MS,
    };
    store.create_key(new).await?;
    Ok(secret)
}

/// Where a link's secret is used, below the base address. It stands behind the
/// `#`, which browsers keep to themselves: it reaches no log.
pub fn desk_path(secret: &str) -> String {
    format!("teach#link={secret}")
}

/// What `POST /api/setup` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    link: String,
    name: Option<String>,
    password: String,
}

/// `GET /api/setup/{link}`: whether a link can be used, and for whom.
pub async fn show_link(
    link: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let found = api.store.key(KeyKind::Link, hash(&link), clock::wall_ms())?;
    let link = found.ok_or(StoreError::LinkUsed)?;
    let teacher = match link.teacher {
        Some(number) => api.store.teacher(number)?,
        None => None,
    };
    Ok(HttpResponse::Ok().json(json!({ "teacher": teacher.map(TeacherView::from) })))
}

/// `POST /api/setup`: uses a link up, and logs in.
pub async fn set_up(
    request: HttpRequest,
    body: web::Json<Setup>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let Setup { link, name, password } = body.into_inner();
    let secret_hash = hash(&link);
    let now = clock::wall_ms();
    // Before the costly hash: only those with a link may ask for one.
    if api.store.key(KeyKind::Link, secret_hash, now)?.is_none() {
        return Err(StoreError::LinkUsed.into());
    }
    let password = api.passwords.hash(password).await.map_err(ApiError::invalid)?;
    let teacher = api.store.use_link(secret_hash, name.as_deref(), password, now).await?;
    log_in_as(&request, &api, teacher).await
}

/// What `POST /api/login` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    name: String,
    password: String,
}

/// `POST /api/login`
pub async fn log_in(
    request: HttpRequest,
    body: web::Json<Login>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let Login { name, password } = body.into_inner();
    let key: String = name_key(&name).chars().take(100).collect();
    api.logins.check(&key).map_err(ApiError::too_many_logins)?;
    let (teacher, stored) = api.store.teacher_by_name(&name)?.unzip();
    let matches = api.passwords.matches(password, stored).await;
    match teacher {
        Some(teacher) if matches => log_in_as(&request, &api, teacher).await,
        _ => Err(ApiError::wrong_password()),
    }
}

/// A new log-in with a new secret, whatever cookie came with the request.
async fn log_in_as(
    request: &HttpRequest,
    api: &Api,
    teacher: TeacherRecord,
) -> Result<HttpResponse, ApiError> {
    let (secret, now) = (random_secret(), clock::wall_ms());
    let browser = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    let new = NewKey {
        kind: KeyKind::Login,
        teacher: Some(teacher.number),
        secret_hash: hash(&secret),
        label: browser_name(browser.unwrap_or_default()),
        now,
        ends_ms: now + LOGIN_DAYS as Millis * DAY_MS,
    };
    api.store.create_key(new).await?;
    Ok(HttpResponse::Ok()
        .cookie(auth::cookie(request, api, secret))
        .json(json!({ "teacher": TeacherView::from(teacher) })))
}

/// A browser and its system in two words, for the list of log-ins. More of what
/// browsers tell is nobody's business.
fn browser_name(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)], otherwise| {
        names.iter().find(|(part, _)| agent.contains(part)).map_or(otherwise, |(_, name)| *name)
    };
    // Each also claims to be those below it.
    let browser = find(
        &[
            ("Edg", "Edge"),
            ("OPR", "Opera"),
            ("Firefox", "Firefox"),
            ("Chrom", "Chrome"),
            ("Safari", "Safari"),
        ],
        "A program",
    );
    let system = find(
        &[
            ("CrOS", "ChromeOS"),
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("Windows", "Windows"),
            ("Mac", "macOS"),
            ("Linux", "Linux"),
        ],
        "",
    );
    if system.is_empty() { browser.to_owned() } else { format!("{browser}, {system}") }
}

/// `POST /api/logout`
pub async fn log_out(request: HttpRequest, api: web::Data<Api>) -> Result<HttpResponse, ApiError> {
    if let Principal::Teacher(teacher, key) = auth::author(&request, &api).await? {
        api.store.end_key(teacher.number, key.id).await?;
    }
    let gone = auth::cookie(&request, &api, String::new());
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// `GET /api/teacher`: who is logged in.
pub async fn show(request: HttpRequest, api: web::Data<Api>) -> Result<HttpResponse, ApiError> {
    let (teacher, _) = auth::teacher(&request, &api).await?;
    Ok(HttpResponse::Ok().json(json!({ "teacher": TeacherView::from(teacher) })))
}

/// What `POST /api/teacher/password` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    old: String,
    new: String,
}

/// `POST /api/teacher/password`: ends all log-ins and tokens, and logs in anew.
pub async fn change_password(
    request: HttpRequest,
    body: web::Json<Password>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let (teacher, _) = auth::teacher(&request, &api).await?;
    let Password { old, new } = body.into_inner();
    api.logins.check(&name_key(&teacher.name)).map_err(ApiError::too_many_logins)?;
    let stored = api.store.teacher_by_name(&teacher.name)?.map(|(_, hash)| hash);
    if !api.passwords.matches(old, stored).await {
        return Err(ApiError::wrong_password());
    }
    let password = api.passwords.hash(new).await.map_err(ApiError::invalid)?;
    api.store.set_password(teacher.number, password).await?;
    log_in_as(&request, &api, teacher).await
}

/// `GET /api/teacher/logins`
pub async fn logins(request: HttpRequest, api: web::Data<Api>) -> Result<HttpResponse, ApiError> {
    let (teacher, key) = auth::teacher(&request, &api).await?;
    let keys = api.store.keys(teacher.number, KeyKind::Login, clock::wall_ms())?;
    Ok(HttpResponse::Ok().json(json!({ "logins": views(keys, key.id) })))
}

/// `GET /api/teacher/tokens`
pub async fn tokens(request: HttpRequest, api: web::Data<Api>) -> Result<HttpResponse, ApiError> {
    let (teacher, key) = auth::teacher(&request, &api).await?;
    let keys = api.store.keys(teacher.number, KeyKind::Token, clock::wall_ms())?;
    Ok(HttpResponse::Ok().json(json!({ "tokens": views(keys, key.id) })))
}

/// What `POST /api/teacher/tokens` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    label: String,
}

/// `POST /api/teacher/tokens`: a token for programs, told this once.
pub async fn make_token(
    request: HttpRequest,
    body: web::Json<Token>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let (teacher, _) = auth::teacher(&request, &api).await?;
    let secret = random_secret();
    let new = NewKey {
        kind: KeyKind::Token,
        teacher: Some(teacher.number),
        secret_hash: hash(&secret),
        label: body.into_inner().label,
        now: clock::wall_ms(),
        ends_ms: NEVER_MS,
    };
    let key = api.store.create_key(new).await?;
    let body = json!({ "id": key.id, "label": key.label, "token": secret });
    Ok(HttpResponse::Created().json(body))
}

/// `DELETE /api/teacher/logins/{id}` and `DELETE /api/teacher/tokens/{id}`
pub async fn end_key(
    request: HttpRequest,
    id: web::Path<i64>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    origin::check(&request, &api)?;
    let (teacher, _) = auth::teacher(&request, &api).await?;
    if api.store.end_key(teacher.number, *id).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(ApiError::not_found())
    }
}

/// `GET /api/teachers`
pub async fn list(request: HttpRequest, api: web::Data<Api>) -> Result<HttpResponse, ApiError> {
    auth::principal(&request, &api).await?;
    let teachers: Vec<_> = api.store.teachers()?.into_iter().map(TeacherView::from).collect();
    Ok(HttpResponse::Ok().json(json!({ "teachers": teachers })))
}

/// What `POST /api/teachers` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// Whose password is to be chosen anew; without one, a new teacher's.
    name: Option<String>,
}

/// `POST /api/teachers`: a link to choose a password. For a colleague who is
/// new any teacher may ask; for one who forgot a password, only the owner.
pub async fn invite(
    request: HttpRequest,
    body: web::Json<Invite>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let author = auth::author(&request, &api).await?;
    let teacher = match (body.into_inner().name, author) {
        (None, _) => None,
        (Some(name), Principal::Owner) => {
            let found = api.store.teacher_by_name(&name)?;
            Some(found.ok_or(StoreError::NoSuchTeacher)?.0.number)
        }
        (Some(_), Principal::Teacher(..)) => return Err(ApiError::owner_only()),
    };
    let secret = make_link(&api.store, teacher).await?;
    let url = format!("{}{}", api.own_address(), desk_path(&secret));
    Ok(HttpResponse::Created().json(json!({ "link": secret, "url": url, "days": LINK_DAYS })))
}

/// `DELETE /api/teachers/{number}`: for the owner.
pub async fn remove(
    request: HttpRequest,
    number: web::Path<TeacherNumber>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    match auth::author(&request, &api).await? {
        Principal::Owner => api.store.remove_teacher(*number).await?,
        Principal::Teacher(..) => return Err(ApiError::owner_only()),
    }
    for live in api.canvases.all() {
        lesson::close_to_others(&api.store, &live)?;
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The routes of this file.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/setup", web::post().to(set_up))
        .route("/setup/{link}", web::get().to(show_link))
        .route("/login", web::post().to(log_in))
        .route("/logout", web::post().to(log_out))
        .route("/teacher", web::get().to(show))
        .route("/teacher/password", web::post().to(change_password))
        .route("/teacher/logins", web::get().to(logins))
        .route("/teacher/logins/{id}", web::delete().to(end_key))
        .route("/teacher/tokens", web::get().to(tokens))
        .route("/teacher/tokens", web::post().to(make_token))
        .route("/teacher/tokens/{id}", web::delete().to(end_key))
        .route("/teachers", web::get().to(list))
        .route("/teachers", web::post().to(invite))
        .route("/teachers/{number}", web::delete().to(remove));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_in_two_words() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36",
                "Chrome, ChromeOS",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; rv:150.0) Gecko/20100101 Firefox/150.0",
                "Firefox, Windows",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
                "Safari, iPad",
            ),
            ("curl/8.5.0", "A program"),
        ] {
            assert_eq!(browser_name(agent), name);
        }
    }
}
