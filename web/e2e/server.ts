import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "vitest";

/** The program under test. */
const BIN = resolve(process.env.PLACE_BIN ?? "../target/debug/place");

/** A debug build opens its data and its port well within this. */
const START_TIMEOUT_MS = 20_000;

const SETUP = /teach#link=\w+/;

const ADDRESS = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/;

export interface CanvasWish {
  name: string;
  id?: string;
  width?: number;
  height?: number;
  palette?: string;
  cooldown_ms?: number;
  saved_max?: number;
  undo_ms?: number;
  settings?: Record<string, unknown>;
  teams?: { name: string; color: string }[];
}

export interface ServerOptions {
  /** Without a slash at the end. */
  basePath?: string;
  snapshotInterval?: string;
}

/** A real server with a data folder of its own. */
export class Server {
  private child: ChildProcess | null = null;
  /** What it printed, line by line. */
  private readonly said: string[] = [];
  private port = 0;
  private readonly data: string;
  private readonly options: ServerOptions;

  private constructor(data: string, options: ServerOptions) {
    this.data = data;
    this.options = options;
  }

  static async start(options: ServerOptions = {}): Promise<Server> {
    const server = new Server(await mkdtemp(join(tmpdir(), "place-e2e-")), options);
    await server.run();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}${this.options.basePath ?? ""}/`;
  }

  /** Starts it, on the same port and data as before if there was a before. */
  async run(): Promise<void> {
    const { basePath, snapshotInterval } = this.options;
    const args = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data", this.data];
    if (basePath !== undefined) args.push("--base-path", basePath);
    if (snapshotInterval !== undefined) args.push("--snapshot-interval", snapshotInterval);
    const child = spawn(BIN, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    this.port = await listeningPort(child, this.said);
  }

  /** Where the first teacher chooses a password, as it is printed; a path of the client. */
  async setupPath(): Promise<string> {
    const find = () => SETUP.exec(this.said.join("\n"))?.[0];
    await expect.poll(find, { timeout: START_TIMEOUT_MS }).toBeDefined();
    return find()!;
  }

  /** As a power cut would: no goodbye. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** As an administrator would. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = null;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  async createCanvas(wish: CanvasWish): Promise<string> {
    const canvas = await this.admin("POST", "api/canvases", wish);
    return (canvas as { id: string }).id;
  }

  async changeCanvas(id: string, rules: Record<string, unknown>): Promise<void> {
    await this.admin("PATCH", `api/canvases/${id}`, rules);
  }

  /** The board as its teacher may see it. */
  async board(id: string): Promise<ArrayBuffer> {
    const token = (await readFile(join(this.data, "admin-token"), "utf8")).trim();
    const response = await fetch(`${this.url}api/canvases/${id}/board`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return response.arrayBuffer();
  }

  /** As a teacher would, by the desk: the answer, or null for an empty one. */
  async admin(method: string, path: string, body?: unknown): Promise<unknown> {
    const token = (await readFile(join(this.data, "admin-token"), "utf8")).trim();
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  }
}

/** Waits until it says where it listens, and lets the rest of its words pass by. */
function listeningPort(child: ChildProcess, said: string[]): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const fail = (why: string) => {
      child.kill("SIGKILL");
      reject(new Error(`${BIN} ${why}\n${said.join("\n")}`));
    };
    const timer = setTimeout(() => fail("did not say where it listens"), START_TIMEOUT_MS);
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on("line", (line) => {
        said.push(line);
        const port = ADDRESS.exec(line)?.[1];
        if (port === undefined) return;
        clearTimeout(timer);
        resolvePort(Number(port));
      });
    }
    child.once("error", (error) => fail(String(error)));
    child.once("exit", (code) => fail(`ended with ${code}`));
  });
}
