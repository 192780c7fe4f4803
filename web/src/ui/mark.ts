/**
 * The word mark, drawn in cells. `#` is an inked cell, `o` the one that was
 * just placed. The icon and the loading state are its first letter.
 */
export const WORD_MARK = [
  "### #.. ### ### ###",
  "#o# #.. #.# #.. #..",
  "### #.. ### #.. ##.",
  "#.. #.. #.# #.. #..",
  "#.. ### #.# ### ###",
] as const;

/** The cells of the first letter. */
export const LETTER_WIDTH_CELLS = 3;
export const LETTER = WORD_MARK.map((row) => row.slice(0, LETTER_WIDTH_CELLS));

export interface MarkCell {
  x: number;
  y: number;
  placed: boolean;
}

export function markCells(rows: readonly string[]): MarkCell[] {
  return rows.flatMap((row, y) =>
    [...row].flatMap((sign, x) =>
      sign === "#" || sign === "o" ? [{ x, y, placed: sign === "o" }] : [],
    ),
  );
}

/** The share of a cell that is drawn; the rest is the grid's line. */
export const CELL_FILL = 0.84;
