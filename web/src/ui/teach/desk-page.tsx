import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { DeskCanvas, Teacher } from "../../core/desk";
import { Empty } from "../controls";
import { Dialog } from "../dialog";
import { Icon } from "../icon";
import { Loading, WordMark } from "../mark-view";
import type { Loadable } from "../model";
import { SheetPicture } from "../sheet-picture";
import { formatCode } from "./code";
import { Switch, TextField } from "./fields";
import { DeskIcon } from "./icon";
import { MenuButton, MenuLink } from "./menu";
import { TryForm } from "./try-form";
import { TypedNameSheet } from "./typed-name-sheet";
import { CANVAS_NAME_MAX_CHARS } from "./wish";
import { t, tn } from "./words";

/** Width by height of the space for a card's picture; as in pages.css. */
const CARD_FRAME = 4 / 3;

export interface DeskCard extends DeskCanvas {
  href: string;
  imageUrl: string;
  projectorHref: string;
  cardsHref: string;
}

export interface DeskActions {
  create(): void;
  openAccount(): void;
  duplicate(id: string, name: string, people: boolean, picture: boolean): Promise<string | null>;
  archive(id: string, on: boolean): void;
  remove(id: string, name: string): Promise<string | null>;
  retry(): void;
}

interface Props {
  teacher: Teacher;
  canvases: Loadable<readonly DeskCard[]>;
  actions: DeskActions;
}

export function DeskPage({ teacher, canvases, actions }: Props) {
  if (canvases.state === "loading") return <Loading />;
  return (
    <div class="page">
      <header class="page-head desk-head">
        <WordMark />
        <button type="button" class="button button-small" onClick={actions.openAccount}>
          <DeskIcon name="circle-user" />
          <span class="desk-head-name">{teacher.name}</span>
        </button>
      </header>
      <main class="page-main">
        {canvases.state === "ready" ? (
          <Canvases canvases={canvases.value} actions={actions} />
        ) : (
          <Empty title={t("lobby.error.title")} text={t("lobby.error.text")}>
            <button type="button" class="button button-accent" onClick={actions.retry}>
              {t("retry")}
            </button>
          </Empty>
        )}
      </main>
    </div>
  );
}

interface CanvasesProps {
  canvases: readonly DeskCard[];
  actions: DeskActions;
}

function Canvases({ canvases, actions }: CanvasesProps) {
  const [asked, setAsked] = useState<{ what: "duplicate" | "delete"; of: DeskCard } | null>(null);
  const close = () => setAsked(null);
  // Once the menu has closed, and the focus is where the sheet gives it back to.
  const ask = (what: "duplicate" | "delete", of: DeskCard) =>
    setTimeout(() => setAsked({ what, of }));
  const current = canvases.filter((canvas) => !canvas.is_archived);
  const archived = canvases.filter((canvas) => canvas.is_archived);
  const cards = (list: readonly DeskCard[]) => (
    <ul class="cards">
      {list.map((canvas) => (
        <li key={canvas.id}>
          <Card
            canvas={canvas}
            actions={actions}
            onDuplicate={() => ask("duplicate", canvas)}
            onDelete={() => ask("delete", canvas)}
          />
        </li>
      ))}
    </ul>
  );
  if (canvases.length === 0) {
    return (
      <Empty title={t("desk.empty")} text={t("desk.empty_text")}>
        <button type="button" class="button button-accent" onClick={actions.create}>
          <Icon name="plus" />
          {t("desk.create")}
        </button>
      </Empty>
    );
  }
  return (
    <>
      <div class="desk-title-row">
        <h1 class="page-title">{t("desk.title")}</h1>
        <button type="button" class="button button-accent" onClick={actions.create}>
          <Icon name="plus" />
          {t("desk.create")}
        </button>
      </div>
      {cards(current)}
      {archived.length > 0 && (
        <details class="fold desk-archive">
          <summary>{tn("desk.archived", archived.length)}</summary>
          {cards(archived)}
        </details>
      )}
      {asked?.what === "duplicate" && (
        <DuplicateSheet canvas={asked.of} actions={actions} onClose={close} />
      )}
      {asked?.what === "delete" && (
        <TypedNameSheet
          title={t("delete.title", { name: asked.of.name })}
          lead={t("delete.lead")}
          name={asked.of.name}
          submit={t("delete.submit")}
          onSubmit={() => actions.remove(asked.of.id, asked.of.name)}
          onClose={close}
        />
      )}
    </>
  );
}

interface CardProps {
  canvas: DeskCard;
  actions: DeskActions;
  onDuplicate: () => void;
  onDelete: () => void;
}

function Card({ canvas, actions, onDuplicate, onDelete }: CardProps) {
  const { is_archived: isArchived } = canvas;
  return (
    <article class="card desk-card" aria-label={canvas.name}>
      <a class="desk-card-link" {...(!isArchived && { href: canvas.href })}>
        <span class="card-picture">
          <SheetPicture url={canvas.imageUrl} size={canvas} frame={CARD_FRAME} alt="" />
        </span>
        <span class="card-words">
          <span class="card-head">
            <span class="card-name">{canvas.name}</span>
            <ModeTag mode={canvas.mode} isArchived={isArchived} />
          </span>
          <span class="card-facts">
            <span>{tn("desk.people", canvas.seats)}</span>
            {canvas.online > 0 && (
              <span class="desk-online">{tn("people.here", canvas.online)}</span>
            )}
            <span>{t("cells.size", { width: canvas.width, height: canvas.height })}</span>
          </span>
        </span>
      </a>
      <div class="desk-card-tools">
        {canvas.code !== null && !isArchived ? (
          <span class="desk-card-code">
            <span class="visually-hidden">{t("code.title")} </span>
            {formatCode(canvas.code)}
          </span>
        ) : (
          <span />
        )}
        <Menu name={canvas.name}>
          {!isArchived && (
            <>
              <MenuLink
                icon="presentation"
                text={t("live.projector")}
                href={canvas.projectorHref}
              />
              <MenuLink icon="printer" text={t("cards.title")} href={canvas.cardsHref} />
            </>
          )}
          <MenuButton icon="copy" text={t("duplicate.open")} onClick={onDuplicate} />
          <MenuButton
            icon={isArchived ? "archive-restore" : "archive"}
            text={isArchived ? t("archive.off") : t("archive.on")}
            onClick={() => actions.archive(canvas.id, !isArchived)}
          />
          <MenuButton icon="trash-2" text={t("delete.open")} onClick={onDelete} />
        </Menu>
      </div>
    </article>
  );
}

interface ModeTagProps {
  mode: DeskCanvas["mode"];
  isArchived?: boolean;
}

export function ModeTag({ mode, isArchived = false }: ModeTagProps) {
  if (isArchived) return <span class="tag">{t("archive.tag")}</span>;
  return (
    <span class="tag" data-mode={mode}>
      {mode === "frozen" && <Icon name="snowflake" size={14} />}
      {mode === "closed" && <Icon name="lock" size={14} />}
      {mode === "open" && <span class="tag-dot" />}
      {t(`mode.${mode}`)}
    </span>
  );
}

/** What else can be done with a canvas, behind three dots. */
function Menu({ name, children }: { name: string; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={t("desk.more_of", { name })}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Icon name="ellipsis" />
      </button>
      {open && (
        <Dialog title={name} onClose={() => setOpen(false)}>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: what is chosen hears the keys itself */}
          <ul class="menu" onClick={() => setOpen(false)}>
            {children}
          </ul>
        </Dialog>
      )}
    </>
  );
}

interface DuplicateProps {
  canvas: DeskCard;
  actions: DeskActions;
  onClose: () => void;
}

function DuplicateSheet({ canvas, actions, onClose }: DuplicateProps) {
  const [name, setName] = useState(t("duplicate.name", { name: canvas.name }));
  const [people, setPeople] = useState(true);
  const [picture, setPicture] = useState(false);
  const send = async () => {
    const refused = await actions.duplicate(canvas.id, name.trim(), people, picture);
    if (refused === null) onClose();
    return refused;
  };
  return (
    <Dialog title={t("duplicate.title", { name: canvas.name })} onClose={onClose}>
      <TryForm
        check={() => (name.trim() === "" ? t("form.name_empty") : "")}
        send={send}
        submit={t("duplicate.submit")}
      >
        <TextField
          label={t("form.name")}
          value={name}
          maxLength={CANVAS_NAME_MAX_CHARS}
          onValue={setName}
        />
        <Switch
          label={t("duplicate.people")}
          hint={t("duplicate.people_hint")}
          on={people}
          onChange={setPeople}
        />
        <Switch label={t("duplicate.picture")} on={picture} onChange={setPicture} />
      </TryForm>
    </Dialog>
  );
}
