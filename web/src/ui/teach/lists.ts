/** The list with another item at a place. */
export const replaced = <T>(list: readonly T[], at: number, item: T): T[] =>
  list.map((old, index) => (index === at ? item : old));

/** The list without the item at a place. */
export const removed = <T>(list: readonly T[], at: number): T[] =>
  list.filter((_, index) => index !== at);
