import { render } from "preact";
import { useEffect } from "preact/hooks";
import { NowherePage } from "../ui/nowhere-page";
import { t } from "../ui/strings";
import { Canvas } from "./canvas";
import { Card } from "./card";
import { Gallery } from "./gallery";
import { later } from "./later";
import { Lobby } from "./lobby";
import { LOBBY_PATH } from "./places";
import { place, startRouter } from "./router";

// Teachers' pages come when they are asked for: students never load them.
const Desk = later(() => import("./teach/desk").then(({ Desk }) => Desk));
const Live = later(() => import("./teach/live").then(({ Live }) => Live));
const Cards = later(() => import("./teach/cards").then(({ Cards }) => Cards));
const Projector = later(() => import("./projector").then(({ Projector }) => Projector));

function App() {
  const here = place.value;
  switch (here.page) {
    case "lobby":
      return <Lobby />;
    case "canvas":
      return <Canvas key={here.id} id={here.id} />;
    case "gallery":
      return <Gallery key={here.id} id={here.id} />;
    case "card":
      return <Card />;
    case "desk":
      return <Desk />;
    case "live":
      return <Live key={here.id} id={here.id} />;
    case "cards":
      return <Cards key={here.id} id={here.id} />;
    case "projector":
      return <Projector key={here.id} id={here.id} />;
    case "nowhere":
      return <Nowhere />;
  }
}

function Nowhere() {
  useEffect(() => {
    document.title = t("app.name");
  }, []);
  return <NowherePage lobbyHref={LOBBY_PATH} />;
}

const root = document.getElementById("app");
if (root) {
  startRouter();
  root.replaceChildren();
  render(<App />, root);
}
