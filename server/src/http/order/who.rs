//! Who drew what stands in a cell: for everybody who may see it, as far as the
//! canvas tells names. Answered from memory, but for the name.

use actix_web::{HttpRequest, HttpResponse, web};
use place_core::wire::lesson::{Names, Role};
use place_core::{Cell, SeatNumber, TeamNumber};
use serde::Serialize;
use serde_json::json;

use super::super::Api;
use super::super::error::ApiError;
use crate::lesson;
use crate::sequencer::LiveCanvas;
use crate::store::StoreError;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config.route("/canvases/{id}/cells/{x}/{y}/who", web::get().to(who));
}

/// Who drew something, as far as the one who asks may know; `null` also for
/// what was forgotten.
#[derive(Serialize)]
struct By {
    #[serde(skip_serializing_if = "Option::is_none")]
    seat: Option<SeatNumber>,
    nickname: Option<String>,
    /// 0 for none.
    team: TeamNumber,
    role: Role,
}

/// `GET …/cells/{x}/{y}/who`
async fn who(
    request: HttpRequest,
    path: web::Path<(String, u16, u16)>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let (id, x, y) = path.into_inner();
    let (live, visitor) = api.see(&request, &id).await?;
    let cell = Cell { x, y };
    let (mark, is_protected, region) = {
        let state = live.state.read();
        let index = state.size().index(cell);
        let index = index.ok_or_else(|| ApiError::invalid("the cell lies beside the canvas"))?;
        (state.marks().at(index), state.protects(cell), state.region_of(cell))
    };
    let names = match visitor.teacher {
        Some(_) => Names::Nickname,
        None => live.classroom.settings().names,
    };
    let by = if mark.owner == 0 { None } else { tell(&api, &live, mark.owner, names)? };
    Ok(HttpResponse::Ok().json(json!({
        "x": x,
        "y": y,
        "color": mark.color,
        "by": by,
        "protected": is_protected,
        "region": region,
    })))
}

fn tell(
    api: &Api,
    live: &LiveCanvas,
    seat: SeatNumber,
    names: Names,
) -> Result<Option<By>, StoreError> {
    if names == Names::Nobody {
        return Ok(None);
    }
    let team = live.state.read().seat(seat).standing().team;
    let Some(record) = api.store.seat(live.number, seat)? else { return Ok(None) };
    let role = lesson::seat_role(&record);
    if names == Names::Team {
        return Ok(Some(By { seat: None, nickname: None, team, role }));
    }
    let name = lesson::seat_name(&api.store, &record)?;
    let nickname = Some(name).filter(|name| !name.is_empty());
    Ok(Some(By { seat: Some(seat), nickname, team, role }))
}
