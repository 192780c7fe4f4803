// What students ask of a canvas besides its picture.

import {
  type Bot,
  type CellFacts,
  type Door,
  type Entry,
  entryOf,
  isBot,
  isCellFacts,
  isDoor,
  isScores,
  type Joined,
  joinedOf,
  type Me,
  meOf,
  type Scores,
} from "../core/door";
import { isChatMessage, isPerson, isYou } from "../core/lesson";
import type { ChatMessage, Person, You } from "../core/protocol.gen";
import { isCount, isFields, isString } from "../core/value";
import { canvasPath, getJson, getList, request, unreadable } from "./api";

/** Messages that are asked for at a time. */
export const CHAT_PAGE_MESSAGES = 50;

const ANSWER_TIMEOUT_MS = 15_000;

/** What a class code or a personal card opens; a card brings the seat's cookie with it. */
export async function enter(code: string): Promise<Entry> {
  return read(await send("POST", "api/enter", { code }), entryOf);
}

/** What it takes to join; `key` is that of the link one came by. */
export async function door(id: string, key: string | null): Promise<Door> {
  const query = key === null ? "" : `?key=${encodeURIComponent(key)}`;
  const value = await getJson(canvasPath(id, "door") + query);
  if (isDoor(value)) return value;
  throw unreadable();
}

export interface JoinWish {
  readonly nickname: string;
  /** The own seat, to call it something else; without, a new one is taken. */
  readonly seat?: number;
  readonly code?: string;
  readonly key?: string;
  readonly team?: number;
}

/** Takes a seat, or renames the own. The cookie comes with the answer. */
export async function join(id: string, wish: JoinWish): Promise<Joined> {
  return read(await send("POST", canvasPath(id, "join"), wish), joinedOf);
}

/** Takes the seat that a personal card is for. */
export async function useCard(id: string, card: string): Promise<Joined> {
  return read(await send("POST", canvasPath(id, "card"), { card }), joinedOf);
}

/** Who this browser is in a canvas. */
export async function me(id: string): Promise<Me> {
  return read(await getJson(canvasPath(id, "me")), meOf);
}

/** Gives the seat's cookie back; the seat stays, for whoever has its card. */
export async function leave(id: string): Promise<void> {
  await send("POST", canvasPath(id, "leave"));
}

export async function chooseTeam(id: string, team: number): Promise<You> {
  const value = await send("POST", canvasPath(id, "team"), { team });
  if (isFields(value) && isYou(value.you)) return value.you;
  throw unreadable();
}

/** Who is here. */
export async function people(id: string): Promise<Person[]> {
  return getList(canvasPath(id, "people"), "people", isPerson);
}

/** The messages before one, or the latest, oldest first; of all channels one may read. */
export async function chatHistory(id: string, before: number | null): Promise<ChatMessage[]> {
  const from = before === null ? "" : `&before=${before}`;
  const path = `${canvasPath(id, "chat")}?limit=${CHAT_PAGE_MESSAGES}${from}`;
  return getList(path, "messages", isChatMessage);
}

export async function report(id: string, message: number): Promise<void> {
  await send("POST", canvasPath(id, "chat", String(message), "report"));
}

/** What there is to know about a cell. */
export async function who(id: string, x: number, y: number): Promise<CellFacts> {
  const value = await getJson(canvasPath(id, "cells", String(x), String(y), "who"));
  if (isCellFacts(value)) return value;
  throw unreadable();
}

export async function scores(id: string): Promise<Scores> {
  const value = await getJson(canvasPath(id, "scores"));
  if (isScores(value)) return value;
  throw unreadable();
}

/** A program that draws; its token is told once. */
export async function makeBot(id: string, name: string): Promise<{ seat: number; token: string }> {
  const value = await send("POST", canvasPath(id, "bots"), { name });
  if (isFields(value) && isCount(value.seat) && isString(value.token)) {
    return { seat: value.seat, token: value.token };
  }
  throw unreadable();
}

export async function bots(id: string): Promise<Bot[]> {
  return getList(canvasPath(id, "bots"), "bots", isBot);
}

export async function removeBot(id: string, seat: number): Promise<void> {
  await send("DELETE", canvasPath(id, "bots", String(seat)));
}

/** Sends a change; null when the answer is empty. */
async function send(method: "POST" | "DELETE", path: string, body?: object): Promise<unknown> {
  const json = body && {
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  return request(path, { method, ...json }, ANSWER_TIMEOUT_MS, (response) =>
    response.status === 204 ? Promise.resolve(null) : response.json(),
  );
}

function read<T>(value: unknown, as: (value: unknown) => T | null): T {
  const told = as(value);
  if (told === null) throw unreadable();
  return told;
}
