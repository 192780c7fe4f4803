//! The canvases: list, show, create, change.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::sequencer::RulesChange;
use place_core::wire::text::{CanvasInfo, PaletteColor, palette_info};
use place_core::{Mode, Palette, Rules, Seq, Size, Team};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::auth::Principal;
use super::error::{ApiError, capitalized};
use super::teams::TeamChange;
use super::{Api, admin, auth, blocking, invite, order, teams};
use crate::canvases::{CreateError, NewCanvas};
use crate::classroom::{CanvasSettings, JoinRule, Look, SettingsChange};
use crate::sequencer::LiveCanvas;
use crate::store::{Setup, StoreError};
use crate::{clock, palettes};

/// Width and height of a canvas unless asked otherwise, in cells: a class of
/// 30 fills a quarter of it in a lesson.
pub const DEFAULT_SIDE_CELLS: u16 = 256;

/// The rules of a canvas unless asked otherwise: lively for a class, too slow
/// to wipe out somebody's work in a moment.
pub const DEFAULT_RULES: Rules =
    Rules { mode: Mode::Open, cooldown_ms: 1000, saved_max: 20, undo_ms: 10_000 };

/// A canvas as the API tells it.
#[derive(Serialize)]
pub struct CanvasView {
    #[serde(flatten)]
    info: CanvasInfo,
    seq: Seq,
    online: u32,
}

impl From<&Arc<LiveCanvas>> for CanvasView {
    fn from(live: &Arc<LiveCanvas>) -> Self {
        let seq = live.state.read().seq();
        Self { info: live.info(), seq, online: live.online() }
    }
}

/// `GET /api/canvases`: those that everybody may look at; the owner sees all.
pub async fn list(request: HttpRequest, api: web::Data<Api>) -> HttpResponse {
    let is_owner = admin::is_owner(&request, admin::bearer(&request), &api.admin);
    let is_shown = |live: &&Arc<LiveCanvas>| is_owner || live.classroom.may_look(false, false);
    let all = api.canvases.all();
    let canvases: Vec<CanvasView> = all.iter().filter(is_shown).map(CanvasView::from).collect();
    HttpResponse::Ok().json(json!({ "canvases": canvases }))
}

/// `GET /api/canvases/{id}`
pub async fn show(id: web::Path<String>, api: web::Data<Api>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(CanvasView::from(&api.canvas(&id)?)))
}

/// `GET /api/palettes`
pub async fn palettes() -> HttpResponse {
    #[derive(Serialize)]
    struct View<'a> {
        id: &'a str,
        name: &'a str,
        colors: Vec<PaletteColor>,
    }
    let view = |built_in: &'static palettes::BuiltIn| View {
        id: built_in.id,
        name: built_in.name,
        colors: palette_info(&built_in.palette),
    };
    let palettes: Vec<View> = palettes::all().iter().map(view).collect();
    HttpResponse::Ok().json(json!({ "palettes": palettes }))
}

/// What `POST /api/canvases` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Create {
    name: String,
    id: Option<String>,
    width: Option<u16>,
    height: Option<u16>,
    palette: Option<PaletteChoice>,
    mode: Option<Mode>,
    cooldown_ms: Option<u32>,
    saved_max: Option<u16>,
    undo_ms: Option<u32>,
    settings: Option<SettingsChange>,
    teams: Option<Vec<TeamChange>>,
}

/// A palette by name, or its colors.
#[derive(Deserialize)]
#[serde(untagged)]
enum PaletteChoice {
    BuiltIn(String),
    Colors(Vec<PaletteColor>),
}

impl PaletteChoice {
    fn resolve(self) -> Result<Palette, ApiError> {
        match self {
            Self::BuiltIn(id) => palettes::find(&id)
                .map(|built_in| built_in.palette.clone())
                .ok_or_else(|| ApiError::invalid(format!("there is no palette called “{id}”"))),
            // The same reader as for palette files: one rule for all colors.
            Self::Colors(colors) => {
                let line = |color: &PaletteColor| {
                    format!("{} {}\n", color.hex, color.name.replace(['\n', '\r'], " "))
                };
                Palette::parse(&colors.iter().map(line).collect::<String>())
                    .map_err(ApiError::invalid)
            }
        }
    }
}

/// `POST /api/canvases`. A teacher's canvas is the teacher's own, and opens to
/// whoever has its code; the owner's is open to all, unless it is said otherwise.
pub async fn create(
    request: HttpRequest,
    body: web::Json<Create>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let author = auth::author(&request, &api).await?;
    let mut create = body.into_inner();
    let of_teacher = matches!(author, Principal::Teacher(..));
    let from = CanvasSettings {
        join: if of_teacher { JoinRule::Code } else { JoinRule::Open },
        look: if of_teacher { Look::Seats } else { Look::Anyone },
        ..CanvasSettings::default()
    };
    let change = create.settings.take().unwrap_or_default();
    let settings = change.on(&from).checked(clock::wall_ms()).map_err(ApiError::invalid)?;
    let teams = teams::numbered(create.teams.take().unwrap_or_default(), &[])?;
    if teams.iter().any(|(_, rules)| *rules != Team::default()) {
        return Err(ApiError::invalid("a region is given to a team of a canvas that there is"));
    }
    let setup = Setup {
        teacher: of_teacher.then(|| author.number()),
        teams: teams.into_iter().map(|(team, _)| team).collect(),
        ..setup(&settings)?
    };
    let live = make(&api, new_canvas(create)?, setup).await?;
    Ok(HttpResponse::Created().json(CanvasView::from(&live)))
}

/// What a canvas with these settings begins with.
pub(super) fn setup(settings: &CanvasSettings) -> Result<Setup, ApiError> {
    Ok(Setup {
        settings: Some(serde_json::to_string(settings).map_err(ApiError::internal)?),
        ..Setup::default()
    })
}

/// Creates a canvas, with a code if people come by one.
pub(super) async fn make(
    api: &Api,
    new: NewCanvas,
    setup: Setup,
) -> Result<Arc<LiveCanvas>, ApiError> {
    let canvases = Arc::clone(&api.canvases);
    let live = blocking(move || canvases.create(&new, &setup)).await??;
    if matches!(live.classroom.settings().join, JoinRule::Code | JoinRule::Approve) {
        invite::new_codes(&api.store, live.number).await?;
    }
    Ok(live)
}

fn new_canvas(create: Create) -> Result<NewCanvas, ApiError> {
    let width = create.width.unwrap_or(DEFAULT_SIDE_CELLS);
    let change = RulesChange {
        mode: create.mode,
        cooldown_ms: create.cooldown_ms,
        saved_max: create.saved_max,
        undo_ms: create.undo_ms,
        teacher: 0,
    };
    let palette = create.palette.unwrap_or(PaletteChoice::BuiltIn(palettes::DEFAULT.to_owned()));
    Ok(NewCanvas {
        id: create.id,
        name: create.name,
        size: Size::new(width, create.height.unwrap_or(width)).map_err(ApiError::invalid)?,
        palette: palette.resolve()?,
        rules: change.on(DEFAULT_RULES).checked().map_err(ApiError::invalid)?,
    })
}

/// What `PATCH /api/canvases/{id}` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    name: Option<String>,
    mode: Option<Mode>,
    cooldown_ms: Option<u32>,
    saved_max: Option<u16>,
    undo_ms: Option<u32>,
}

/// `PATCH /api/canvases/{id}`
pub async fn change(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Change>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let author = auth::author(&request, &api).await?;
    let live = api.canvas(&id)?;
    order::allow(&api, &live, &author)?;
    let Change { name, mode, cooldown_ms, saved_max, undo_ms } = body.into_inner();
    let teacher = author.number();
    let change = RulesChange { teacher, mode, cooldown_ms, saved_max, undo_ms };
    if !change.is_empty() {
        live.set_rules(change).await?;
    }
    if let Some(name) = name {
        let (canvases, live) = (Arc::clone(&api.canvases), Arc::clone(&live));
        blocking(move || canvases.rename(&live, &name)).await??;
    }
    Ok(HttpResponse::Ok().json(CanvasView::from(&live)))
}

impl From<CreateError> for ApiError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Name => Self::invalid(error),
            CreateError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::CanvasExists(id) => {
                Self::exists(format!("There already is a canvas with the id “{id}”."))
            }
            StoreError::SeatsFull(_) => Self::seats_full(),
            StoreError::NicknameTaken(name) => Self::nickname_taken(&name),
            StoreError::NoSuchSeat(seat) => Self::no_such_seat(seat),
            StoreError::CanvasesFull
            | StoreError::TeachersFull
            | StoreError::TeacherExists(_)
            | StoreError::LastTeacher
            | StoreError::NamesFull
            | StoreError::BotsFull => Self::exists(capitalized(&error.to_string())),
            StoreError::CanvasId(_)
            | StoreError::CanvasName
            | StoreError::Nickname
            | StoreError::TeacherName => Self::invalid(error),
            StoreError::NoSuchTeacher => Self::not_found(),
            StoreError::LinkUsed => Self::link_used(error),
            StoreError::TooManyReports => Self::too_many_reports(&error),
            StoreError::Write(error) => Self::storage(error),
            error => Self::internal(error),
        }
    }
}
