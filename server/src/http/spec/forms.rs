//! What each endpoint is asked with and what it answers: one a line, in the
//! notation of [`shape`](super::shape). Stories compare it with every request
//! that was taken and every answer that was given.

/// The form of what is asked and answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// The endpoint.
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    /// What may follow the `?`: an object's shape.
    pub(super) query: &'static str,
    /// What the body holds; empty for none.
    pub(super) body: &'static str,
    /// Each status with what is told, but for errors in their usual form; a media
    /// type for what is no JSON, empty for nothing.
    pub(super) answers: &'static [(u16, &'static str)],
}

const fn form(
    method: &'static str,
    path: &'static str,
    query: &'static str,
    body: &'static str,
    answers: &'static [(u16, &'static str)],
) -> Form {
    Form { method, path, query, body, answers }
}

/// Looks at a canvas as somebody without a seat would.
const AS: &str = "{as?: onlooker}";

/// A part of a picture.
const PICTURE: &str = "{scale?: int(1..32), x?: int(0..SIDE_MAX), y?: int(0..SIDE_MAX), \
    w?: int(1..SIDE_MAX), h?: int(1..SIDE_MAX), thumb?: int(16..1024), as?: onlooker}";

/// What of the record is wanted.
const RECORD: &str = "{seat?: int, from_ms?: int, until_ms?: int, x?: int(0..SIDE_MAX), \
    y?: int(0..SIDE_MAX), width?: int(1..SIDE_MAX), height?: int(1..SIDE_MAX), before?: text, \
    format?: json|csv, placements?: true|false}";

/// A new canvas.
const CREATE: &str = "{name: text(1..CANVAS_NAME), id?: text(1..CANVAS_ID)?, width?: Side?, \
    height?: Side?, palette?: text or [Color]?, mode?: Mode?, cooldown_ms?: int(0..COOLDOWN_MS)?, \
    saved_max?: int(1..SAVED)?, undo_ms?: int(0..UNDO_MS)?, settings?: SettingsChange?, \
    teams?: [NewTeam]?}";

const CHANGE: &str = "{name?: text(1..CANVAS_NAME)?, mode?: Mode?, \
    cooldown_ms?: int(0..COOLDOWN_MS)?, saved_max?: int(1..SAVED)?, undo_ms?: int(0..UNDO_MS)?}";

/// A desk.
const DESK: &str = "{canvas: CanvasInfo, settings: Settings, lesson: Lesson, code: text?, \
    key: text?, join_url: text?, per_minute: int, online: int, onlookers: int, seats_total: int, \
    seats: [DeskSeat], reports: [Report], teachers: [TeacherName]}";

const DOOR: &str = "{canvas: {id: text, name: text, mode: Mode}, join: JoinRule, \
    needs: nothing|code|card|seat, teams: [Team], team_rule: TeamRule, key_ok: bool, \
    is_archived: bool}";

const ENTERED: &str = "{canvas: CanvasName, join: JoinRule, teams: [Team], team_rule: TeamRule} \
    or {canvas: CanvasName, seat: Seat}";

const SCORES: &str = "{teams: [{team: TeamNumber, placed: int, standing: int}], \
    people: [{seat: int, nickname: text, team: TeamNumber, placed: int, standing: int}]}";

const SEATS: &str = "{seats: [{seat: int, nickname: text, role: Role, state: SeatState, \
    team: TeamNumber, status: Status, bot_of: int?, muted_until_ms: int, online: bool, \
    card: text?}]}";

const CELL: &str = "{x: int, y: int, color: int, \
    by: {seat?: int, nickname: text?, team: TeamNumber, role: Role}?, protected: bool, \
    region: TeamNumber?}";

/// The seat that was taken.
const JOINED: &str = "{seat: Seat, card: text?, state: waiting|here}";

const SETTINGS: &str = "{settings: Settings}";
const TEACHER: &str = "{teacher: Teacher}";
const TEACHERS: &str = "{teachers: [TeacherName]}";
const ADMITTED: &str = "{admitted: [int]}";
const ANNOUNCE: &str = "{text: text(1..ANNOUNCEMENT), minutes: int(1..240)}";
const ANNOUNCED: &str = "{announcement: Announcement}";
const NAME: &str = "{name: text}";
const NONE: &[(u16, &str)] = &[(204, "")];
const DONE: &[(u16, &str)] = &[(200, "Done")];
const SVG: &[(u16, &str)] = &[(200, "image/svg+xml")];

/// All of them, as in the table of endpoints.
#[rustfmt::skip]
pub(super) const FORMS: &[Form] = &[
    form("GET", "/healthz", "", "", &[(200, "text/plain")]),
    form("GET", "/readyz", "", "", &[(200, "{ready: bool}"), (503, "{ready: bool, reason: text}")]),
    form("GET", "/api/openapi.json", "", "", &[(200, "any")]),
    form("GET", "/api/palettes", "", "", &[(200, "{palettes: [{id: text, name: text, colors: [Color]}]}")]),
    form("GET", "/api/canvases", "", "", &[(200, "{canvases: [Canvas]}")]),
    form("POST", "/api/canvases", "", CREATE, &[(201, "Canvas")]),
    form("GET", "/api/canvases/{id}", "", "", &[(200, "Canvas")]),
    form("PATCH", "/api/canvases/{id}", "", CHANGE, &[(200, "Canvas")]),
    form("DELETE", "/api/canvases/{id}", "", NAME, NONE),
    form("POST", "/api/canvases/{id}/duplicate", "", "{name: text(1..CANVAS_NAME), with_people?: bool, with_picture?: bool}", &[(201, "Canvas")]),
    form("POST", "/api/canvases/{id}/archive", "", "{on: bool}", &[(200, "{is_archived: bool}")]),
    form("GET", "/api/canvases/{id}/teachers", "", "", &[(200, TEACHERS)]),
    form("POST", "/api/canvases/{id}/teachers", "", "{number?: int?, name?: text?}", &[(201, TEACHERS)]),
    form("DELETE", "/api/canvases/{id}/teachers/{number}", "", "", NONE),
    form("GET", "/api/desk", "", "", &[(200, "{canvases: [DeskCanvas]}")]),
    form("GET", "/api/canvases/{id}/board", AS, "", &[(200, "application/octet-stream")]),
    form("GET", "/api/canvases/{id}/image.png", PICTURE, "", &[(200, "image/png")]),
    form("GET", "/api/canvases/{id}/snapshots", AS, "", &[(200, "{snapshots: [Snapshot]}")]),
    form("GET", "/api/canvases/{id}/snapshots/{name}", AS, "", &[(200, "image/png"), (206, "image/png")]),
    form("GET", "/api/canvases/{id}/cells/{x}/{y}/who", AS, "", &[(200, CELL)]),
    form("GET", "/api/canvases/{id}/ws", AS, "", &[(101, "")]),
    form("POST", "/api/enter", "", "{code: text}", &[(200, ENTERED)]),
    form("GET", "/api/canvases/{id}/door", "{key?: text, as?: onlooker}", "", &[(200, DOOR)]),
    form("POST", "/api/canvases/{id}/join", "", "{nickname: text, seat?: int?, code?: text?, key?: text?, team?: TeamNumber?}", &[(201, JOINED), (200, JOINED)]),
    form("POST", "/api/canvases/{id}/card", "", "{card: text}", &[(200, "{seat: Seat, card: text}")]),
    form("GET", "/api/canvases/{id}/me", AS, "", &[(200, "{seat: Seat?, you: You?, card: text?, state: waiting|here?}")]),
    form("POST", "/api/canvases/{id}/leave", "", "", NONE),
    form("POST", "/api/canvases/{id}/team", "", "{team: TeamNumber}", &[(200, "{you: You}")]),
    form("GET", "/api/canvases/{id}/people", "", "", &[(200, "{people: [Person]}")]),
    form("GET", "/api/canvases/{id}/chat", "{before?: int, limit?: int(1..50)}", "", &[(200, "{messages: [Message]}")]),
    form("POST", "/api/canvases/{id}/chat/{message}/report", "", "", NONE),
    form("GET", "/api/canvases/{id}/scores", "", "", &[(200, SCORES)]),
    form("GET", "/api/canvases/{id}/desk", "", "", &[(200, DESK)]),
    form("GET", "/api/canvases/{id}/settings", "", "", &[(200, SETTINGS)]),
    form("PATCH", "/api/canvases/{id}/settings", "", "SettingsChange", &[(200, SETTINGS)]),
    form("POST", "/api/canvases/{id}/code", "", "{do: renew|close|open}", &[(200, "{code: text?, key: text?}")]),
    form("GET", "/api/canvases/{id}/invite", "", "", &[(200, "{url: text, qr_svg_url: text, code: text?, key: text?}")]),
    form("GET", "/api/canvases/{id}/qr.svg", "", "", SVG),
    form("GET", "/api/canvases/{id}/seats", "", "", &[(200, SEATS)]),
    form("POST", "/api/canvases/{id}/seats", "", "{names: [text]} or {csv: text}", &[(201, "{seats: [{seat: int, nickname: text, card: text?, team: TeamNumber}]}")]),
    form("PATCH", "/api/canvases/{id}/seats/{seat}", "", "{nickname?: text?}", &[(200, "{seat: int, nickname: text}")]),
    form("GET", "/api/canvases/{id}/seats/{seat}/qr.svg", "", "", SVG),
    form("POST", "/api/canvases/{id}/seats/admit-all", "", "", &[(200, ADMITTED)]),
    form("POST", "/api/canvases/{id}/seats/{seat}/admit", "", "", &[(200, ADMITTED)]),
    form("POST", "/api/canvases/{id}/seats/{seat}/refuse", "", "", NONE),
    form("POST", "/api/canvases/{id}/seats/{seat}/kick", "", "", NONE),
    form("POST", "/api/canvases/{id}/seats/{seat}/unkick", "", "", NONE),
    form("POST", "/api/canvases/{id}/seats/{seat}/renew", "", "", &[(200, "{card: text}")]),
    form("POST", "/api/canvases/{id}/seats/{seat}/mute", "", "{minutes?: int(1..10080)?}", NONE),
    form("POST", "/api/canvases/{id}/seats/{seat}/unmute", "", "", NONE),
    form("POST", "/api/canvases/{id}/seats/{seat}/forget", "", "", NONE),
    form("POST", "/api/canvases/{id}/forget", "", NAME, &[(200, "{forgotten: int}")]),
    form("GET", "/api/canvases/{id}/bots", "", "", &[(200, "{bots: [Bot]}")]),
    form("POST", "/api/canvases/{id}/bots", "", NAME, &[(201, "{seat: int, nickname: text, token: text(64..64)}")]),
    form("DELETE", "/api/canvases/{id}/bots/{seat}", "", "", NONE),
    form("POST", "/api/canvases/{id}/seats/{seat}/standing", "", "{status?: Status?, team?: TeamNumber?}", DONE),
    form("POST", "/api/canvases/{id}/seats/{seat}/remove-pixels", "", "{from_ms?: int, preview?: bool}", &[(200, "Done or Preview")]),
    form("PUT", "/api/canvases/{id}/teams", "", "{teams: [NewTeam]}", &[(200, "{teams: [Team]}")]),
    form("POST", "/api/canvases/{id}/teams/deal", "", "{everyone?: bool}", &[(200, "{dealt: int}")]),
    form("POST", "/api/canvases/{id}/areas/owners", "", "{area: Area}", &[(200, "{area: Area, owners: [{seat: int, nickname: text?, cells: int}]}")]),
    form("POST", "/api/canvases/{id}/areas/fill", "", "{area: Area, color?: int(0..254)}", DONE),
    form("POST", "/api/canvases/{id}/areas/protect", "", "{area: Area, on: bool}", DONE),
    form("POST", "/api/canvases/{id}/areas/restore", "", "{area: Area, at_ms: int, preview?: bool}", &[(200, "Done or Preview")]),
    form("GET", "/api/canvases/{id}/cells/{x}/{y}", "", "", &[(200, "{x: int, y: int, color: int, changes: [Change]}")]),
    form("POST", "/api/canvases/{id}/award", "", "{to: all or {team: TeamNumber} or {seats: [int]}, pixels: int(1..SAVED)}", DONE),
    form("POST", "/api/canvases/{id}/revert", "", "{seqs: [int]}", DONE),
    form("GET", "/api/canvases/{id}/record", RECORD, "", &[(200, "{record: [Line], next: text?} or text/csv")]),
    form("POST", "/api/canvases/{id}/announce", "", ANNOUNCE, &[(201, ANNOUNCED)]),
    form("DELETE", "/api/canvases/{id}/announcements/{announcement}", "", "", NONE),
    form("POST", "/api/canvases/{id}/timer", "", "{seconds: int(5..86400), label?: text(0..40), freezes?: bool}", &[(201, "{timer: Timer}")]),
    form("DELETE", "/api/canvases/{id}/timer", "", "", NONE),
    form("DELETE", "/api/canvases/{id}/chat/{message}", "", "", NONE),
    form("POST", "/api/canvases/{id}/chat/{message}/restore", "", "", NONE),
    form("POST", "/api/canvases/{id}/reports/{report}/done", "", "", NONE),
    form("POST", "/api/announce", "", ANNOUNCE, &[(201, ANNOUNCED)]),
    form("POST", "/api/setup", "", "{link: text, name?: text?, password: text}", &[(200, TEACHER)]),
    form("GET", "/api/setup/{link}", "", "", &[(200, "{teacher: Teacher?}")]),
    form("POST", "/api/login", "", "{name: text, password: text}", &[(200, TEACHER)]),
    form("POST", "/api/logout", "", "", NONE),
    form("GET", "/api/teacher", "", "", &[(200, TEACHER)]),
    form("POST", "/api/teacher/password", "", "{old: text, new: text}", &[(200, TEACHER)]),
    form("GET", "/api/teacher/logins", "", "", &[(200, "{logins: [Key]}")]),
    form("DELETE", "/api/teacher/logins/{id}", "", "", NONE),
    form("GET", "/api/teacher/tokens", "", "", &[(200, "{tokens: [Key]}")]),
    form("POST", "/api/teacher/tokens", "", "{label: text}", &[(201, "{id: int, label: text, token: text(64..64)}")]),
    form("DELETE", "/api/teacher/tokens/{id}", "", "", NONE),
    form("GET", "/api/teachers", "", "", &[(200, "{teachers: [Teacher]}")]),
    form("POST", "/api/teachers", "", "{name?: text?}", &[(201, "{link: text(64..64), url: text, days: int}")]),
    form("DELETE", "/api/teachers/{number}", "", "", NONE),
];

/// The form of an endpoint.
///
/// # Panics
/// If there is none: a test reads all of them.
pub(super) fn of(method: &str, path: &str) -> &'static Form {
    let found = FORMS.iter().find(|form| form.method == method && form.path == path);
    found.unwrap_or_else(|| panic!("{method} {path}: what is asked and answered?"))
}
