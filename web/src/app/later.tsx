import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Empty } from "../ui/controls";
import { Loading } from "../ui/mark-view";
import { t } from "../ui/strings";

/** A page whose code is fetched when it is first shown. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => preact.JSX.Element {
  let loaded: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const [Page, setPage] = useState(() => loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (Page !== null) return;
      load().then(
        (page) => {
          loaded = page;
          setPage(() => page);
        },
        () => setFailed(true),
      );
    }, []);
    if (Page !== null) return <Page {...props} />;
    return failed ? <Failed /> : <Loading />;
  };
}

/** A browser does not fetch a script again that failed once; a page that is loaded anew does. */
function Failed() {
  return (
    <main class="page page-centered">
      <Empty title={t("unreachable.title")} text={t("unreachable.text")}>
        <button type="button" class="button button-accent" onClick={() => location.reload()}>
          {t("retry")}
        </button>
      </Empty>
    </main>
  );
}
