// Staying in step with the server (docs/protocol.md): a pure reducer that is told what arrived
// and answers what to do. It knows positions only; the cells are the caller's.

/**
 * How many beats in a row may disagree with us before the board is fetched anew: asking again
 * helps against a message that was overtaken, but not against a history that was replaced.
 */
export const MAX_MISMATCHED_BEATS = 3;

export interface SyncState {
  /** The seq of the board we hold; null without one. */
  readonly seq: number | null;
  /** The seq held when the socket began to open; null without one. */
  readonly heldAtOpen: number | null;
  /** Whether the server welcomed us on the present socket. */
  readonly open: boolean;
  /** A `watch` is on its way, and no beat has confirmed our seq since. */
  readonly waiting: boolean;
  readonly mismatches: number;
}

export type SyncEvent =
  | { readonly type: "opening" }
  | { readonly type: "welcome"; readonly seq: number }
  | { readonly type: "board"; readonly seq: number }
  | {
      readonly type: "delta";
      readonly from: number;
      readonly to: number;
      readonly catchUp: boolean;
    }
  | { readonly type: "beat"; readonly seq: number }
  | { readonly type: "reload" }
  | { readonly type: "hidden" }
  | { readonly type: "probe" }
  | { readonly type: "closed" };

/**
 * apply: set the delta's cells, the board is now at the state's seq.
 * watch: send `watch` with `since` = the state's seq. fetch: get the board. ignore: nothing to do.
 */
export type SyncAction = "apply" | "ignore" | "watch" | "fetch";

export interface SyncStep {
  readonly state: SyncState;
  readonly action: SyncAction;
}

export const INITIAL_SYNC: SyncState = {
  seq: null,
  heldAtOpen: null,
  open: false,
  waiting: false,
  mismatches: 0,
};

/** Whether what we show is what the server has, as far as anybody can know. */
export function isLive(state: SyncState): boolean {
  return state.open && state.seq !== null && !state.waiting;
}

export function sync(state: SyncState, event: SyncEvent): SyncStep {
  switch (event.type) {
    case "opening":
      return ignore({
        ...state,
        heldAtOpen: state.seq,
        open: false,
        waiting: false,
        mismatches: 0,
      });
    case "welcome":
      return welcome({ ...state, open: true }, event.seq);
    case "board": {
      const next = { ...state, seq: event.seq, mismatches: 0 };
      return next.open ? watch(next) : ignore(next);
    }
    case "delta":
      return delta(state, event);
    case "beat":
      return beat(state, event.seq);
    case "reload":
      return fetchBoard(state);
    case "hidden":
      // What we hold stays behind, unseen: it is fetched anew once it is shown.
      return ignore(fetchBoard(state).state);
    case "probe":
      return state.open && state.seq !== null ? watch(state) : ignore(state);
    case "closed":
      return ignore({ ...state, open: false, waiting: false });
  }
}

function welcome(state: SyncState, seq: number): SyncStep {
  if (state.seq === null) return ignore(state);
  // The server's history is shorter than the one we saw: it was restored, and ours is void.
  if (state.heldAtOpen !== null && seq < state.heldAtOpen) return fetchBoard(state);
  return watch(state);
}

function delta(state: SyncState, event: Extract<SyncEvent, { type: "delta" }>): SyncStep {
  if (!state.open || state.seq === null) return ignore(state);
  if (!event.catchUp) return live(state, event.from, event.to);
  if (event.to <= state.seq) return ignore(state);
  // One that began before our seq holds the latest color of every cell that changed since,
  // so that it applies as well: it is the answer to an earlier `watch`.
  if (event.from <= state.seq) return { state: { ...state, seq: event.to }, action: "apply" };
  return state.waiting ? ignore(state) : watch(state);
}

/**
 * Its header holds few bits of its seqs. They prove that it follows only if we have every message
 * before it, and that is certain from the beat on that answers our `watch`.
 */
function live(state: SyncState, from: number, to: number): SyncStep {
  if (state.waiting) return ignore(state);
  return from === state.seq ? { state: { ...state, seq: to }, action: "apply" } : watch(state);
}

function beat(state: SyncState, seq: number): SyncStep {
  if (!state.open || state.seq === null) return ignore(state);
  if (seq === state.seq) return ignore({ ...state, waiting: false, mismatches: 0 });
  const mismatches = state.mismatches + 1;
  return mismatches >= MAX_MISMATCHED_BEATS ? fetchBoard(state) : watch({ ...state, mismatches });
}

function ignore(state: SyncState): SyncStep {
  return { state, action: "ignore" };
}

function watch(state: SyncState): SyncStep {
  return { state: { ...state, waiting: true }, action: "watch" };
}

function fetchBoard(state: SyncState): SyncStep {
  return {
    state: { ...state, seq: null, heldAtOpen: null, waiting: false, mismatches: 0 },
    action: "fetch",
  };
}
