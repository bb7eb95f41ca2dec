// The page: which study, which view, and what a link restores.

import {ApiError, listAll, onTokenNeeded, setToken, UNREACHABLE} from "./api";
import {choice, h, say} from "./dom";
import {linkTo, readState, replaceState} from "./state";
import type {State} from "./state";
import * as text from "./text";
import {MOST, Trials} from "./trials";
import type {Study} from "./types";
import {download} from "./view";
import type {Page, View} from "./view";
import {CurveView} from "./views/curve";
import {FrontView} from "./views/front";
import {LayersView} from "./views/layers";
import {MeasuredView} from "./views/measured";
import {SourcesView} from "./views/sources";

const VIEWS: [string, string, new (page: Page) => View][] = [
  ["front", "Front", FrontView],
  ["layers", "Layers", LayersView],
  ["curve", "Budget curve", CurveView],
  ["measured", "Predicted and measured", MeasuredView],
  ["sources", "Sources", SourcesView],
];
const POLL_MILLISECONDS = 3000;

let studies: Study[] = [];
let trials = new Trials();
let loaded = "";  // the study that `trials` are of
let view: View | null = null;
let drawing = 0;
let unreachable = false;  // when the view was drawn last

const page: Page = {
  study: null,
  trials,
  state: readState(),
  set(changes: State): void {
    page.state = {...page.state, ...changes};
    replaceState(page.state);
  },
  go(changes: State): void {
    location.hash = linkTo({...page.state, ...changes});
  },
};

function showHeader(): void {
  const state = page.state;
  const current = state.view || "front";
  const tabs = VIEWS.map(([id, title]) => h(
      "a", {href: linkTo({...state, view: id}), ...(id === current ? {"aria-current": "page"} : {})}, title));
  const named = studies.map((s): [string, string] => [s.name, s.display_name || s.name.slice("studies/".length)]);
  const save = (kind: "csv" | "svg") => () => {
    if (view === null) return;
    const name = `${page.study?.name.split("/")[1] ?? "picost"}-${current}.${kind}`;
    if (kind === "csv") download(name, "text/csv;charset=utf-8", view.csv());
    else download(name, "image/svg+xml", view.svg());
    say(name + " saved");
  };
  document.getElementById("header")!.replaceChildren(
      h("h1", {}, "picost"),
      h("nav", {"aria-label": "Views"}, ...tabs),
      h("div", {class: "controls"},
        choice("Study", "study", page.study?.name ?? "", named,
               (study) => { location.hash = linkTo({study, view: current, theme: state.theme ?? ""}); }),
        choice("Theme", "theme", state.theme || "auto", [["auto", "as the system"], ["light", "light"], ["dark", "dark"]],
               (theme) => page.go({theme: theme === "auto" ? "" : theme})),
        h("button", {type: "button", id: "csv", click: save("csv")}, "Save CSV"),
        h("button", {type: "button", id: "svg", click: save("svg")}, "Save SVG")));
}

function showToken(why: string): void {
  if (document.getElementById("token") !== null) return;  // somebody is typing
  const field = h("input", {type: "password", id: "token", autocomplete: "off", "aria-label": "API token"});
  const form: HTMLFormElement = h("form", {submit: (event) => {
    event.preventDefault();
    setToken(field.value);
    form.remove();
    void show();
  }}, h("p", {class: "warning"}, why),
     h("label", {for: "token"}, "The page needs the same token as the API: ", field, " "), h("button", {}, "Use it"));
  document.getElementById("content")!.replaceChildren(form);
  field.focus();
}

// Draws what the address says. The last call wins where several are under way.
async function show(): Promise<void> {
  const turn = ++drawing;
  page.state = readState();
  document.documentElement.dataset.theme = page.state.theme || "auto";
  const content = document.getElementById("content")!;
  unreachable = false;
  try {
    if (studies.length === 0) studies = await listAll<Study>("Studies/ListStudies", "studies");
    page.study = studies.find((s) => s.name === page.state.study) ?? studies[0] ?? null;
    if (page.study !== null && loaded !== page.study.name) {
      const fresh = new Trials();
      await fresh.update(page.study.name);
      if (turn !== drawing) return;
      trials = page.trials = fresh;
      loaded = page.study.name;
      if (fresh.count >= MOST) say(`Only the first ${MOST} trials are shown.`);
    }
    if (turn !== drawing) return;
    showHeader();
    const kind = VIEWS.find(([id]) => id === (page.state.view || "front")) ?? VIEWS[0];
    const next = new kind[2](page);
    const root = h("div", {});
    if (page.study === null) {
      root.append(h("p", {}, "There is no study yet. `picost study create` makes one and `picost study log` adds trials; in " +
                             "Python client.create_study(...) and client.log_trial(...)."));
    }
    content.replaceChildren(root);
    view = next;
    await next.show(root);
    content.dataset.ready = page.state.view || "front";
    if (performance.getEntriesByName("usable").length === 0) performance.mark("usable");
  } catch (error) {
    if (turn !== drawing || document.getElementById("token") !== null) return;
    unreachable = error instanceof ApiError && error.status === UNREACHABLE;
    const why = error instanceof Error ? error.message : String(error);
    content.replaceChildren(h("p", {class: "warning", role: "alert"}, why));
  }
}

async function poll(): Promise<void> {
  try {
    if (unreachable) await show();
    if (page.study !== null && loaded === page.study.name && !document.hidden && await trials.update(loaded)) {
      view?.refresh?.();
      say(text.several(trials.count, "trial"));
    }
  } catch {
    say("The daemon does not answer; trying again.");
  }
  setTimeout(() => void poll(), POLL_MILLISECONDS);
}

onTokenNeeded(showToken);
window.addEventListener("hashchange", () => {
  delete document.getElementById("content")!.dataset.ready;
  void show();
});
window.addEventListener("resize", () => view?.redraw?.());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view?.redraw?.());
void show().then(() => setTimeout(() => void poll(), POLL_MILLISECONDS));
