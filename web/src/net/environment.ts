import type { Grid } from "../core/grid";
import { SUB_PROTOCOL } from "../core/wire";
import { board, type LooksAs, socketUrl } from "./api";

/** The part of a WebSocket that a connection uses. */
export interface SocketLike {
  binaryType: BinaryType;
  readonly readyState: number;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(data: string | ArrayBuffer): void;
  close(code?: number): void;
}

/** online, offline: the device's network came or went. visible: the page is looked at again. */
export type Change = "online" | "offline" | "visible";

/** What a connection needs from the world, so that tests can script it. */
export interface Environment {
  openSocket(id: string): SocketLike;
  loadBoard(id: string, signal: AbortSignal): Promise<Grid>;
  random(): number;
  isOnline(): boolean;
  onChange(listener: (change: Change) => void): () => void;
}

/** The browser's, for who looks like this. */
export const lookingAs = (as: LooksAs): Environment => ({
  ...browserEnvironment,
  openSocket: (id) => new WebSocket(socketUrl(id, as), SUB_PROTOCOL),
  loadBoard: (id, signal) => board(id, signal, as),
});

export const browserEnvironment: Environment = {
  openSocket: (id) => new WebSocket(socketUrl(id), SUB_PROTOCOL),
  loadBoard: (id, signal) => board(id, signal),
  random: Math.random,
  isOnline: () => navigator.onLine,
  onChange(listener) {
    const online = () => listener("online");
    const offline = () => listener("offline");
    const visibility = () => {
      if (document.visibilityState === "visible") listener("visible");
    };
    window.addEventListener("online", online);
    window.addEventListener("offline", offline);
    document.addEventListener("visibilitychange", visibility);
    return () => {
      window.removeEventListener("online", online);
      window.removeEventListener("offline", offline);
      document.removeEventListener("visibilitychange", visibility);
    };
  },
};
