// Checks of what came as JSON, one for each kind of value.

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isString(value: unknown): value is string {
  return typeof value === "string";
}

export function isFlag(value: unknown): value is boolean {
  return typeof value === "boolean";
}

/** Whether it is a whole number from 0 that JavaScript counts with exactly. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Whether it is a number that names something: from 1. */
export function isId(value: unknown): value is number {
  return isCount(value) && value >= 1;
}

/** A color as `#rrggbb`. */
export function isHex(value: unknown): value is string {
  return isString(value) && /^#[0-9a-f]{6}$/i.test(value);
}

export function isOneOf<T extends string>(names: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => (names as readonly unknown[]).includes(value);
}

export function isNullOr<T>(
  value: unknown,
  check: (value: unknown) => value is T,
): value is T | null {
  return value === null || check(value);
}

/** A list in which nothing else is; `most` bounds its length. */
export function isListOf<T>(
  value: unknown,
  check: (value: unknown) => value is T,
  most = Number.POSITIVE_INFINITY,
): value is T[] {
  return Array.isArray(value) && value.length <= most && value.every(check);
}
