import "../../ui/teach/teach.css";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../net/api";
import * as api from "../../net/desk";
import { Loading } from "../../ui/mark-view";
import { NowherePage } from "../../ui/nowhere-page";
import { type CardsData, CardsPage } from "../../ui/teach/cards-page";
import { LoginPage } from "../../ui/teach/door-pages";
import { t } from "../../ui/teach/words";
import { useLoaded } from "../loader";
import { DESK_PATH, livePath } from "../places";
import { addressFor } from "./address";
import { logIn, Unreachable } from "./desk";

type Found = CardsData | "login" | "missing";

async function load(id: string): Promise<Found> {
  try {
    const { canvas, seats, code, join_url } = await api.desk(id);
    return {
      canvasName: canvas.name,
      address: addressFor(join_url),
      code,
      joinQrUrl: api.joinQrUrl(id),
      people: seats.flatMap(({ seat, nickname, role, card }) =>
        role === "student" && nickname !== null && card !== null
          ? [{ seat, nickname, card, qrUrl: api.cardQrUrl(id, seat) }]
          : [],
      ),
    };
  } catch (error) {
    if (api.isLoggedOut(error)) return "login";
    if (error instanceof ApiError && (error.status === 404 || error.status === 403)) {
      return "missing";
    }
    throw error;
  }
}

/** Cards to print, cut and hand out. */
export function Cards({ id }: { id: string }) {
  const [loaded, again] = useLoaded(() => load(id), false);
  useEffect(() => {
    document.title = `${t("cards.title")} · ${t("app.name")}`;
  }, []);
  if (loaded.state === "loading") return <Loading />;
  if (loaded.state === "failed") return <Unreachable onRetry={again} />;
  const found = loaded.value;
  if (found === "login") {
    return <LoginPage lead={t("login.lead")} onLogIn={logIn(() => again())} />;
  }
  if (found === "missing") return <NowherePage lobbyHref={DESK_PATH} />;
  return <CardsPage data={found} liveHref={livePath(id)} onPrint={() => print()} />;
}
