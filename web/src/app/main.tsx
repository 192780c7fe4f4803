import { render } from "preact";
import { useEffect } from "preact/hooks";
import { NowherePage } from "../ui/nowhere-page";
import { t } from "../ui/strings";
import { Canvas } from "./canvas";
import { Card } from "./card";
import { Gallery } from "./gallery";
import { Lobby } from "./lobby";
import { LOBBY_PATH } from "./places";
import { place, startRouter } from "./router";

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
