// What an answer must look like before anything relies on it, said in one place with its type.

import { isFields } from "./value";

export type Check<T> = (value: unknown) => value is T;

/** The type of what a check lets pass. */
export type Checked<C> = C extends Check<infer T> ? T : never;

/** An object with these fields; others are let pass, since later servers may add some. */
export function record<T extends object>(checks: { [K in keyof T]-?: Check<T[K]> }): Check<T> {
  const entries = Object.entries(checks) as [string, Check<unknown>][];
  return (value): value is T =>
    isFields(value) && entries.every(([key, check]) => check(value[key]));
}

export function list<T>(check: Check<T>): Check<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(check);
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value): value is T | null => value === null || check(value);
}

/** A field that may be missing: older servers don't tell it. */
export function maybe<T>(check: Check<T>): Check<T | undefined> {
  return (value): value is T | undefined => value === undefined || check(value);
}

export function oneOf<T extends string>(...names: readonly T[]): Check<T> {
  return (value): value is T => (names as readonly unknown[]).includes(value);
}

export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
