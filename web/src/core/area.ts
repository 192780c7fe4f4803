// Rectangles of cells, and shapes that are made of them.

import type { Point, Rect } from "./camera";

/** A side of a shape, in cells: as wide or as high as it is long, and 0 across. */
export interface Edge extends Rect {
  /** On which side of the line the shape lies: 1 for to the right or below, −1 for the others. */
  readonly inward: 1 | -1;
}

export function contains(area: Rect, { x, y }: Point): boolean {
  const across = x >= area.x && x < area.x + area.width;
  return across && y >= area.y && y < area.y + area.height;
}

/** The same cells in areas that have none in common. */
export function disjoint(areas: readonly Rect[]): Rect[] {
  const found: Rect[] = [];
  for (const area of areas) found.push(...without(area, found));
  return found;
}

/** What is left of an area without some others, in areas that have no cell in common. */
export function without(area: Rect, others: readonly Rect[]): Rect[] {
  return others.reduce<Rect[]>((left, other) => left.flatMap((part) => cut(part, other)), [area]);
}

/** The border of a shape, made of areas that have no cell in common. */
export function edges(areas: readonly Rect[]): Edge[] {
  return areas.flatMap((area) => {
    const { x, y, width, height } = area;
    const side = (line: Rect, inward: 1 | -1, beyond: Rect): Edge[] =>
      without(beyond, areas).map((part) =>
        line.width === 0
          ? { x: line.x, y: part.y, width: 0, height: part.height, inward }
          : { x: part.x, y: line.y, width: part.width, height: 0, inward },
      );
    // A part of the border is where the cell beyond is none of the shape's.
    return [
      ...side({ x, y, width, height: 0 }, 1, { x, y: y - 1, width, height: 1 }),
      ...side({ x, y: y + height, width, height: 0 }, -1, { x, y: y + height, width, height: 1 }),
      ...side({ x, y, width: 0, height }, 1, { x: x - 1, y, width: 1, height }),
      ...side({ x: x + width, y, width: 0, height }, -1, { x: x + width, y, width: 1, height }),
    ];
  });
}

/** An area without another one: what lies above, below, to the left and to the right of it. */
function cut(area: Rect, other: Rect): Rect[] {
  const [right, bottom] = [area.x + area.width, area.y + area.height];
  const left = Math.max(area.x, other.x);
  const top = Math.max(area.y, other.y);
  const endX = Math.min(right, other.x + other.width);
  const endY = Math.min(bottom, other.y + other.height);
  if (left >= endX || top >= endY) return [area];
  const parts = [
    { x: area.x, y: area.y, width: area.width, height: top - area.y },
    { x: area.x, y: endY, width: area.width, height: bottom - endY },
    { x: area.x, y: top, width: left - area.x, height: endY - top },
    { x: endX, y: top, width: right - endX, height: endY - top },
  ];
  return parts.filter(({ width, height }) => width > 0 && height > 0);
}
