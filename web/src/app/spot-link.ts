/** A spot on a canvas, as a link names it: `#x=12,y=30,z=8`. */
export interface SpotLink {
  /** In cells; whole numbers name a cell. */
  x: number;
  y: number;
  /** CSS pixels per cell, so that a link means the same on any screen; null: as it is. */
  zoom: number | null;
}

/** Closer than this no view gets; a link that asks for more is cut. */
const MAX_ZOOM_PX = 256;

export function parseSpot(hash: string): SpotLink | null {
  const fields = new Map(
    hash
      .replace(/^#/, "")
      .split(",")
      .map((field) => field.split("=", 2) as [string, string | undefined]),
  );
  const x = readNumber(fields.get("x"));
  const y = readNumber(fields.get("y"));
  if (x === null || y === null) return null;
  const zoom = readNumber(fields.get("z"));
  return { x, y, zoom: zoom === null || zoom <= 0 ? null : Math.min(zoom, MAX_ZOOM_PX) };
}

export function formatSpot({ x, y, zoom }: SpotLink): string {
  const spot = `#x=${Math.floor(x)},y=${Math.floor(y)}`;
  return zoom === null ? spot : `${spot},z=${Number(zoom.toFixed(2))}`;
}

function readNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : null;
}
