//! Who comes to a canvas, and what they may see of it.

use std::sync::Arc;

use actix_web::HttpRequest;
use place_core::wire::lesson::{Role, You};
use place_core::{SeatNumber, Status, TeacherNumber};

use super::auth;
use super::error::ApiError;
use super::{Api, join, order};
use crate::sequencer::LiveCanvas;
use crate::store::{SeatRecord, SeatRole, SeatState};

/// Who comes to a canvas.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The seat that the visitor sits in: of the cookie, or a teacher's own.
    pub seat: Option<SeatRecord>,
    /// The teacher, if it is one of the canvas's; 0 for the owner of the server.
    pub teacher: Option<TeacherNumber>,
    /// Whether it is a teacher's projector: it may always look, but sees no
    /// more than somebody without a seat does.
    pub is_projector: bool,
}

impl Visitor {
    /// The seat's number, if the visitor sits in one.
    pub fn seat_number(&self) -> Option<SeatNumber> {
        self.seat.as_ref().map(|seat| seat.number)
    }

    /// The same, if the visitor was let in.
    pub fn seat_taken(&self) -> Option<SeatNumber> {
        let is_in = self.seat.as_ref().is_some_and(|seat| seat.state == SeatState::Here);
        self.seat_number().filter(|_| is_in)
    }

    /// Whether it is a program.
    pub fn is_bot(&self) -> bool {
        self.seat.as_ref().is_some_and(|seat| seat.role == SeatRole::Bot)
    }

    /// The seat of one who was let in; who waits at the door has nothing yet.
    pub fn seat_inside(&self) -> Result<&SeatRecord, ApiError> {
        match &self.seat {
            Some(seat) if seat.state == SeatState::Here => Ok(seat),
            Some(_) => Err(ApiError::waiting()),
            None => Err(ApiError::no_seat()),
        }
    }

    /// Stops one whom a teacher has sent away.
    pub fn check_not_banned(&self, live: &LiveCanvas) -> Result<(), ApiError> {
        match (&self.seat, self.teacher) {
            (Some(seat), None) => not_banned(live, seat.number),
            _ => Ok(()),
        }
    }
}

/// Stops a student's bot while there may be none, or while its student was sent
/// away.
fn may_run(live: &LiveCanvas, bot: &SeatRecord) -> Result<(), ApiError> {
    let Some(student) = bot.bot_of else { return Ok(()) };
    if !live.classroom.settings().bots {
        return Err(ApiError::bots_off());
    }
    not_banned(live, student)
}

/// Stops one whom a teacher has sent away.
pub fn not_banned(live: &LiveCanvas, seat: SeatNumber) -> Result<(), ApiError> {
    match live.state.read().seat(seat).standing().status {
        Status::Banned => Err(ApiError::banned()),
        Status::Active | Status::Frozen => Ok(()),
    }
}

impl Api {
    /// A canvas, and who comes to it.
    pub async fn visit(
        &self,
        request: &HttpRequest,
        id: &str,
    ) -> Result<(Arc<LiveCanvas>, Visitor), ApiError> {
        let live = self.canvas(id)?;
        let teacher = teacher_of(request, self, &live).await?;
        if looks_on(request) {
            let onlooker = Visitor { is_projector: teacher.is_some(), ..Visitor::default() };
            return Ok((live, onlooker));
        }
        let of_cookie = || self.seat_of(request, &live);
        let seat = match teacher {
            Some(number) if number > 0 => self.store.seat_of_teacher(live.number, number)?,
            Some(_) => None,
            None => of_cookie()?,
        };
        if let Some(bot) = seat.as_ref().filter(|_| teacher.is_none()) {
            may_run(&live, bot)?;
        }
        Ok((live, Visitor { seat, teacher, is_projector: false }))
    }

    /// What a visitor is told about the own standing; `None` for one who only
    /// looks.
    pub fn you(&self, live: &LiveCanvas, visitor: &Visitor) -> Result<Option<You>, ApiError> {
        let (seat, teacher) = (visitor.seat.as_ref(), visitor.teacher);
        let nickname = match (seat, teacher) {
            (Some(seat), None) => seat.nickname.clone(),
            (_, Some(0)) => String::new(),
            (_, Some(number)) => {
                self.store.teacher(number)?.map_or_else(String::new, |teacher| teacher.name)
            }
            (None, None) => return Ok(None),
        };
        let number = seat.map_or(0, |seat| seat.number);
        let standing = live.state.read().seat(number).standing();
        Ok(Some(You {
            seat: number,
            nickname,
            role: match (teacher, seat) {
                (None, Some(seat)) => seat.role.into(),
                _ => Role::Teacher,
            },
            team: standing.team,
            status: standing.status,
            muted_until_ms: seat.map_or(0, |seat| seat.muted_until_ms),
        }))
    }

    /// The same, for one who may come in: not waiting at the door, not sent
    /// away, and with a seat where only those may look.
    pub async fn enter(
        &self,
        request: &HttpRequest,
        id: &str,
    ) -> Result<(Arc<LiveCanvas>, Visitor), ApiError> {
        let (live, visitor) = self.visit(request, id).await?;
        visitor.check_not_banned(&live)?;
        let is_in = visitor.seat.as_ref().is_some_and(|seat| seat.state == SeatState::Here);
        if live.classroom.may_look(is_in, visitor.teacher.is_some() || visitor.is_projector) {
            Ok((live, visitor))
        } else if live.classroom.settings().is_archived {
            Err(ApiError::archived())
        } else if visitor.seat.is_some() && !is_in {
            Err(ApiError::waiting())
        } else {
            Err(ApiError::seats_only())
        }
    }

    /// The same, for one who may see the picture now.
    pub async fn see(
        &self,
        request: &HttpRequest,
        id: &str,
    ) -> Result<(Arc<LiveCanvas>, Visitor), ApiError> {
        let (live, visitor) = self.enter(request, id).await?;
        let (has_seat, is_teacher) = (visitor.seat_taken().is_some(), visitor.teacher.is_some());
        if live.classroom.is_hidden_from(has_seat, is_teacher) {
            return Err(ApiError::hidden());
        }
        Ok((live, visitor))
    }
}

/// Whether a request asks to look as somebody without a seat would, whoever it
/// comes from: what hangs on the wall must not show what the class may not see.
fn looks_on(request: &HttpRequest) -> bool {
    request.query_string().split('&').any(|part| part == "as=onlooker")
}

/// The teacher who comes to a canvas, if it is one of the canvas's. A log-in
/// that has ended is no reason to keep somebody out.
async fn teacher_of(
    request: &HttpRequest,
    api: &Api,
    live: &LiveCanvas,
) -> Result<Option<TeacherNumber>, ApiError> {
    if !auth::has_key(request) {
        return Ok(None);
    }
    let Ok(principal) = auth::principal(request, api).await else { return Ok(None) };
    let is_theirs = order::allow(api, live, &principal).is_ok();
    Ok(is_theirs.then_some(principal.number()))
}

/// The hash of the secret of a seat that came with a request: in the cookie of
/// a browser, or in the header of a program.
pub fn seat_secret(request: &HttpRequest) -> Option<[u8; 32]> {
    let of_program = || super::admin::bearer(request).map(join::hash);
    join::secret_hash(request).or_else(of_program)
}
