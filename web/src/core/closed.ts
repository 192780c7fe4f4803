// Where somebody may not draw, as the lesson tells it. The server judges each pixel by itself.

import { contains, disjoint, type Edge, edges, without } from "./area";
import type { Point, Rect, Size } from "./camera";
import type { Lesson, TeamInfo, You } from "./protocol.gen";

/** The cells in which somebody may not draw, and their border. */
export interface Closed {
  readonly areas: readonly Rect[];
  readonly edges: readonly Edge[];
}

/** Why: the teacher has protected a cell, it is another team's, or it is not one's own team's. */
export type WhyClosed =
  | { readonly why: "protected" | "confined" }
  | { readonly why: "team"; readonly team: TeamInfo };

export const NOTHING_CLOSED: Closed = { areas: [], edges: [] };

/**
 * What is closed to a person on a canvas of this size. Teachers draw everywhere, but see what is
 * protected. Without a person: what is closed to everybody.
 */
export function closedTo(you: You | null, lesson: Lesson | null, size: Size): Closed {
  if (lesson === null) return NOTHING_CLOSED;
  const areas = disjoint([...lesson.protected, ...closedByTeams(you, lesson.teams, size)]);
  return { areas, edges: edges(areas).filter((edge) => !isRim(edge, size)) };
}

/** Why a person may not draw on a cell; null where it may. For teachers: what others are told. */
export function whyClosed(you: You | null, lesson: Lesson | null, cell: Point): WhyClosed | null {
  if (lesson === null) return null;
  if (lesson.protected.some((area) => contains(area, cell))) return { why: "protected" };
  if (!isBound(you)) return null;
  const holds = ({ region }: TeamInfo) => region !== null && contains(region, cell);
  const owner = lesson.teams.find((team) => team.number !== you.team && holds(team));
  if (owner !== undefined) return { why: "team", team: owner };
  const own = teamOf(you, lesson.teams);
  return own?.is_confined && own.region !== null && !holds(own) ? { why: "confined" } : null;
}

function closedByTeams(you: You | null, teams: readonly TeamInfo[], size: Size): Rect[] {
  if (!isBound(you)) return [];
  const others = teams.filter(({ number }) => number !== you.team);
  const regions = others.flatMap(({ region }) => (region === null ? [] : [region]));
  const own = teamOf(you, teams);
  if (!own?.is_confined || own.region === null) return regions;
  return [...regions, ...without({ x: 0, y: 0, ...size }, [own.region])];
}

function teamOf(you: You, teams: readonly TeamInfo[]): TeamInfo | undefined {
  return teams.find(({ number }) => number === you.team);
}

/** Whether the teams' regions hold for somebody. */
function isBound(you: You | null): you is You {
  return you !== null && you.role !== "teacher";
}

/** The sheet's own border needs no second one. */
function isRim({ x, y, width, height }: Edge, size: Size): boolean {
  return width === 0 ? x === 0 || x === size.width : height === 0 && (y === 0 || y === size.height);
}
