import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseBoard } from "./grid";
import type { ClientText } from "./protocol.gen";
import { decodeText, encodeText } from "./text";
import { decodeFrame, encodePlace, type ServerFrame, WireError } from "./wire";

// The protocol's golden vectors, which the server's tests read too.

interface Vector {
  name: string;
  hex: string;
  width: number;
  height: number;
  colors: number;
  at: number;
}
type Decoded =
  | { kind: "place"; token: number; x: number; y: number; color: number }
  | { kind: "placed"; token: number; seq: number; saved: number; next_ms: number }
  | {
      kind: "refused";
      token: number;
      reason: string;
      color: number | null;
      saved: number;
      wait_ms: number;
    }
  | { kind: "delta"; from: number; to: number; changes: [number, number][] };
interface Vectors {
  frames: (Vector & { direction: "client" | "server"; decoded: Decoded })[];
  rejected: Vector[];
  texts: { name: string; direction: string; json: string }[];
  boards: { name: string; hex: string }[];
}

const FILE = new URL("../../../docs/vectors.json", import.meta.url);
const vectors = JSON.parse(readFileSync(FILE, "utf8")) as Vectors;

function bytes(hex: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(hex, "hex")).buffer;
}

/** Messages that a client sends. */
const FROM_CLIENTS: readonly string[] = ["watch", "undo"] satisfies ClientText["type"][];

/** A frame in the vectors' words. */
function told(frame: ServerFrame): Decoded {
  switch (frame.kind) {
    case "placed": {
      const { nextMs: next_ms, ...rest } = frame;
      return { ...rest, next_ms };
    }
    case "refused": {
      const { waitMs: wait_ms, ...rest } = frame;
      return { ...rest, wait_ms };
    }
    case "delta": {
      const { kind, from, to, cells, colors } = frame;
      const changes = Array.from(cells, (cell, i): [number, number] => [cell, colors[i]!]);
      return { kind, from, to, changes: changes.sort(([a], [b]) => a - b) };
    }
  }
}

describe("golden vectors", () => {
  it.each(vectors.frames)("frame: $name", ({ hex, decoded, at, ...shape }) => {
    if (decoded.kind === "place") {
      const { token, x, y, color } = decoded;
      expect(Buffer.from(encodePlace(token, x, y, color)).toString("hex")).toBe(hex);
    } else {
      expect(told(decodeFrame(bytes(hex), shape, at))).toEqual(decoded);
    }
  });

  it.each(vectors.rejected)("rejected: $name", ({ hex, at, ...shape }) => {
    expect(() => decodeFrame(bytes(hex), shape, at)).toThrow(WireError);
  });

  it.each(vectors.texts)("text: $name", ({ json }) => {
    const message = JSON.parse(json) as { type: string };
    // Both sides send a `chat`; only a client's has a token.
    const isOurs =
      FROM_CLIENTS.includes(message.type) || (message.type === "chat" && "token" in message);
    if (isOurs) expect(encodeText(message as ClientText)).toBe(json);
    else expect(decodeText(json)).toEqual(message);
  });

  it.each(vectors.boards)("board: $name", ({ hex, name: _name, ...told }) => {
    const { cells, ...grid } = parseBoard(bytes(hex));
    expect({ ...grid, cells: [...cells] }).toMatchObject(told);
  });
});
