/** The pages of the client, as places in its address space. */
export type Place =
  | { page: "lobby" }
  | { page: "canvas"; id: string }
  | { page: "gallery"; id: string }
  | { page: "card" }
  | { page: "desk" }
  | { page: "live"; id: string }
  | { page: "cards"; id: string }
  | { page: "projector"; id: string }
  | { page: "nowhere" };

/** Which page a path names; `basePath` is where the server lives, with its last slash. */
export function placeOf(pathname: string, basePath: string): Place {
  if (!`${pathname}/`.startsWith(basePath)) return { page: "nowhere" };
  const parts = pathname.slice(basePath.length).split("/").filter(Boolean);
  if (parts.length === 0) return { page: "lobby" };
  if (parts.length === 1 && parts[0] === "card") return { page: "card" };
  if (parts[0] === "teach" && parts.length === 1) return { page: "desk" };
  const id = decode(parts[1]);
  if (parts[0] === "teach" && id !== null) return lessonPlace(id, parts.slice(2));
  if (parts[0] === "p" && id !== null && parts.length === 2) return { page: "projector", id };
  if (parts[0] !== "c" || id === null) return { page: "nowhere" };
  if (parts.length === 2) return { page: "canvas", id };
  return parts.length === 3 && parts[2] === "gallery"
    ? { page: "gallery", id }
    : { page: "nowhere" };
}

function lessonPlace(id: string, rest: string[]): Place {
  if (rest.length === 0) return { page: "live", id };
  return rest.length === 1 && rest[0] === "cards" ? { page: "cards", id } : { page: "nowhere" };
}

function decode(part: string | undefined): string | null {
  try {
    return part ? decodeURIComponent(part) : null;
  } catch {
    return null;
  }
}

// Paths relative to <base>, which works for any base path.
export const LOBBY_PATH = "./";
export const canvasPath = (id: string) => `c/${encodeURIComponent(id)}`;
export const galleryPath = (id: string) => `${canvasPath(id)}/gallery`;
export const DESK_PATH = "teach";
export const livePath = (id: string) => `${DESK_PATH}/${encodeURIComponent(id)}`;
export const cardsPath = (id: string) => `${livePath(id)}/cards`;
export const projectorPath = (id: string) => `p/${encodeURIComponent(id)}`;
