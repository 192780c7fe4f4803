import "../../ui/teach/teach.css";
import { useEffect, useState } from "preact/hooks";
import type { Teacher } from "../../core/desk";
import { ApiError, canvasPictureUrl, palettes } from "../../net/api";
import * as api from "../../net/desk";
import { Empty } from "../../ui/controls";
import { Loading } from "../../ui/mark-view";
import { CanvasForm } from "../../ui/teach/canvas-form";
import { type DeskActions, type DeskCard, DeskPage } from "../../ui/teach/desk-page";
import { LoginPage, SetupPage, UsedLinkPage } from "../../ui/teach/door-pages";
import { DeskToasts } from "../../ui/teach/toasts";
import type { PaletteChoice, Wish } from "../../ui/teach/wish";
import { t } from "../../ui/teach/words";
import { useLoaded } from "../loader";
import { cardsPath, livePath, projectorPath } from "../places";
import { go } from "../router";
import { AccountDialog } from "./account";
import { attempt, sayError } from "./said";
import { createSayings, type Sayings } from "./sayings";

type Door =
  | { is: "loading" }
  | { is: "unreachable" }
  | { is: "setup"; link: string; name: string | null }
  | { is: "used" }
  | { is: "login"; lead: string }
  | { is: "open"; teacher: Teacher };

/** Where teachers come in: by a printed link, by name and password, or by a cookie. */
export function Desk() {
  const [door, setDoor] = useState<Door>({ is: "loading" });
  const find = () => {
    setDoor({ is: "loading" });
    findDoor().then(setDoor);
  };
  useEffect(() => {
    document.title = `${t("desk.title")} · ${t("app.name")}`;
    find();
    // A link that is pasted into the address bar of this very page.
    addEventListener("hashchange", find);
    return () => removeEventListener("hashchange", find);
  }, []);
  const enter = (teacher: Teacher) => {
    forgetLink();
    setDoor({ is: "open", teacher });
  };
  switch (door.is) {
    case "loading":
      return <Loading />;
    case "unreachable":
      return <Unreachable onRetry={find} />;
    case "setup":
      return (
        <SetupPage
          name={door.name}
          onSetUp={(name, password) =>
            attempt(async () =>
              enter(await api.setUp(door.link, door.name === null ? name : null, password)),
            )
          }
        />
      );
    case "used":
      return <UsedLinkPage onLogIn={find} />;
    case "login":
      return <LoginPage lead={door.lead} onLogIn={logIn(enter)} />;
    case "open":
      return <OpenDesk teacher={door.teacher} onLeft={(lead) => setDoor({ is: "login", lead })} />;
  }
}

/** Logs in; what went wrong is said as the server says it. */
export function logIn(enter: (teacher: Teacher) => void) {
  return async (name: string, password: string): Promise<string | null> => {
    try {
      enter(await api.logIn(name, password));
      return null;
    } catch (error) {
      // Here 401 means a wrong password, for which the server has the words.
      return error instanceof ApiError && error.status !== 0 ? error.text : sayError(error);
    }
  };
}

async function findDoor(): Promise<Door> {
  try {
    const link = /^#link=(.+)$/.exec(location.hash)?.[1];
    if (link !== undefined) return await doorOfLink(link);
    return { is: "open", teacher: await api.teacher() };
  } catch (error) {
    return api.isLoggedOut(error) ? { is: "login", lead: t("login.lead") } : { is: "unreachable" };
  }
}

async function doorOfLink(link: string): Promise<Door> {
  try {
    const teacher = await api.setupLink(link);
    return { is: "setup", link, name: teacher?.name ?? null };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500) throw error;
    forgetLink();
    return { is: "used" };
  }
}

/** A secret does not stay in the address bar, where a class can read it. */
function forgetLink(): void {
  history.replaceState(history.state, "", location.pathname);
}

export function Unreachable({ onRetry }: { onRetry: () => void }) {
  return (
    <main class="page page-centered">
      <Empty title={t("unreachable.title")} text={t("desk.unreachable")}>
        <button type="button" class="button button-accent" onClick={onRetry}>
          {t("retry")}
        </button>
      </Empty>
    </main>
  );
}

async function loadCards(): Promise<DeskCard[]> {
  return (await api.myCanvases()).map((canvas) => ({
    ...canvas,
    href: livePath(canvas.id),
    imageUrl: canvasPictureUrl(canvas.id, canvas.last_ms ?? 0),
    projectorHref: projectorPath(canvas.id),
    cardsHref: cardsPath(canvas.id),
  }));
}

interface OpenDeskProps {
  teacher: Teacher;
  /** The log-in is over; what to say about it at the door. */
  onLeft: (lead: string) => void;
}

function OpenDesk({ teacher, onLeft }: OpenDeskProps) {
  const load = () =>
    loadCards().catch((error: unknown) => {
      if (api.isLoggedOut(error)) onLeft(t("login.ended"));
      throw error;
    });
  const [canvases, again] = useLoaded(load, true);
  const [sayings] = useState(createSayings);
  const [page, setPage] = useState<"list" | "form">("list");
  const [account, setAccount] = useState(false);
  const then = async (run: () => Promise<unknown>) => {
    const refused = await attempt(run);
    if (refused === null) again();
    return refused;
  };
  const actions: DeskActions = {
    create: () => setPage("form"),
    openAccount: () => setAccount(true),
    duplicate: (id, name, people, picture) =>
      then(() => api.duplicateCanvas(id, { name, with_people: people, with_picture: picture })),
    archive: (id, on) => archive(sayings, then, id, on),
    remove: (id, name) => then(() => api.deleteCanvas(id, name)),
    retry: again,
  };
  if (page === "form") return <NewCanvas onCancel={() => setPage("list")} />;
  return (
    <>
      <DeskPage teacher={teacher} canvases={canvases} actions={actions} />
      <div class="desk-toasts">
        <DeskToasts sayings={sayings.all} onDismiss={sayings.dismiss} />
      </div>
      {account && (
        <AccountDialog
          teacher={teacher}
          sayings={sayings}
          onClose={() => setAccount(false)}
          onLeft={() => onLeft(t("login.left"))}
        />
      )}
    </>
  );
}

async function archive(
  sayings: Sayings,
  then: (run: () => Promise<unknown>) => Promise<string | null>,
  id: string,
  on: boolean,
): Promise<void> {
  const refused = await then(() => api.archiveCanvas(id, on));
  if (refused !== null) return sayings.say(refused, { tone: "warn" });
  const undo = () => archive(sayings, then, id, !on);
  sayings.say(t(on ? "archive.done" : "archive.undone"), { undo });
}

function NewCanvas({ onCancel }: { onCancel: () => void }) {
  const [list, retry] = useLoaded(palettes, false);
  if (list.state === "loading") return <Loading />;
  if (list.state === "failed") return <Unreachable onRetry={retry} />;
  return (
    <CanvasForm
      palettes={mostUsedFirst(list.value)}
      onCreate={(wish) => attempt(async () => go(livePath(await create(wish))))}
      onCancel={onCancel}
    />
  );
}

/** The palette that the server itself takes when none is named. */
const DEFAULT_PALETTE = "studio-32";

function mostUsedFirst(list: readonly PaletteChoice[]): PaletteChoice[] {
  const isDefault = ({ id }: PaletteChoice) => id === DEFAULT_PALETTE;
  return [...list.filter(isDefault), ...list.filter((palette) => !isDefault(palette))];
}

function create(wish: Wish): Promise<string> {
  return api.createCanvas({
    name: wish.name.trim(),
    width: wish.width,
    height: wish.height,
    palette: wish.palette,
    mode: "open",
    cooldown_ms: wish.cooldownS * 1000,
    saved_max: wish.savedMax,
    undo_ms: wish.undoS * 1000,
    settings: {
      join: wish.join,
      look: wish.look,
      chat: wish.chat,
      team_rule: wish.teamRule,
      hours: wish.hours,
      purge_days: wish.purgeDays,
    },
    teams: wish.teams.map(({ name, color }) => ({ name: name.trim(), color })),
  });
}
