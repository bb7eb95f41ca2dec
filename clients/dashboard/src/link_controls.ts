// Another link: a known one, or sliders that move all trials at once.

import {listAll} from "./api";
import {h} from "./dom";
import type {Link} from "./latency";
import * as text from "./text";
import type {Network} from "./types";
import type {Page} from "./view";

type Figure = "round_trip_seconds" | "client_to_server_bytes_per_second" | "server_to_client_bytes_per_second";

// Positions of a slider are shares of the exponents between two values.
interface Range {
  key: string;
  label: string;
  low: number;
  high: number;
  of: Figure;
  show(value: number): string;
}

const RANGES: Range[] = [
  {key: "rtt", label: "Round trip", low: 1e-5, high: 1, show: text.seconds, of: "round_trip_seconds"},
  {key: "up", label: "Client to server", low: 1e5, high: 1e10, show: (v) => text.count(v, "B/s"),
   of: "client_to_server_bytes_per_second"},
  {key: "down", label: "Server to client", low: 1e5, high: 1e10, show: (v) => text.count(v, "B/s"),
   of: "server_to_client_bytes_per_second"},
];

let networks: Network[] | null = null;

// Of the daemon; asked for once.
export async function loadNetworks(): Promise<void> {
  networks ??= await listAll<Network>("Catalog/ListNetworks", "networks");
}

function likeOf(page: Page): Network | null {
  return networks?.find((network) => network.name === page.state.net) ?? null;
}

function valuesOf(page: Page): number[] {
  const like = likeOf(page);
  return RANGES.map((range) => Number(page.state[range.key] || (like?.[range.of] ?? NaN)));
}

// Nothing: each trial on the link of its own deployment.
export function readLink(page: Page): Link | null {
  const values = valuesOf(page);
  if (!(values[0] >= 0) || !(values[1] > 0) || !(values[2] > 0)) return null;
  return {roundTripSeconds: values[0], upBytesPerSecond: values[1], downBytesPerSecond: values[2], like: likeOf(page)};
}

// What the sliders do not say of it.
function describe(page: Page): string {
  const own = page.trials.groups.map((group) => group.network);
  if (readLink(page) === null) {
    const names = [...new Set(own.map((network) => text.short(network.name || "spelled out")))];
    return "Each trial on its own deployment's link" + (names.length ? ": " + names.slice(0, 4).join(", ") : "") + ".";
  }
  const like = likeOf(page);
  const restarting = (like ? [like] : own).map((network) => network.restarts_after_idle ?? false);
  const windows = restarting.every((one) => one) ? "windows restart after silence" :
      restarting.some((one) => one) ? "windows as on each trial's own link" : "windows are kept through silence";
  return `Otherwise as ${like ? text.short(like.name ?? "") : "each trial's own link"}: ${windows}.`;
}

export function linkControls(page: Page, changed: () => void): HTMLElement {
  const outputs = RANGES.map((range) => h("output", {for: "slider-" + range.key}));
  const note = h("span", {class: "note", id: "link-note"});
  const sliders = RANGES.map((range, i) => h("input", {
    type: "range", min: 0, max: 1, step: 0.001, id: "slider-" + range.key, input: () => { moved[i] = true; slide(); },
  }));
  // A figure of the address or of a network stays exact until its slider moves.
  let moved = RANGES.map(() => false);
  const given = () => {
    const values = valuesOf(page);
    return RANGES.map((range, i) => values[i] >= 0 ? values[i] : page.trials.groups[0]?.network[range.of] ?? 0);
  };
  const show = () => {
    const exact = given();
    const own = readLink(page) === null;
    RANGES.forEach((range, i) => {
      const share = Math.log(Math.max(range.low, exact[i]) / range.low) / Math.log(range.high / range.low);
      if (!moved[i]) sliders[i].value = String(share);
      outputs[i].textContent = exact[i] > 0 ? range.show(exact[i]) + (own ? " (own)" : "") : "–";
      sliders[i].setAttribute("aria-valuetext", outputs[i].textContent ?? "");
    });
    note.textContent = describe(page);
    select.value = own ? "" : likeOf(page) !== null && !page.state.rtt ? page.state.net : "sliders";
  };
  const slide = () => {
    const exact = given();
    const values = RANGES.map((range, i) => moved[i] ?
        Number((range.low * (range.high / range.low) ** Number(sliders[i].value)).toPrecision(3)) : exact[i]);
    page.set({rtt: String(values[0]), up: String(values[1]), down: String(values[2])});
    show();
    changed();
  };
  const select: HTMLSelectElement = h("select", {id: "link", change: () => {
    const exact = given();
    moved = RANGES.map(() => false);
    const sliding = {net: "", rtt: String(exact[0]), up: String(exact[1]), down: String(exact[2])};
    page.set(select.value === "sliders" ? sliding : {net: select.value, rtt: "", up: "", down: ""});
    show();
    changed();
  }}, h("option", {value: ""}, "each trial's own"), h("option", {value: "sliders"}, "as the sliders say"));
  void loadNetworks().then(() => {
    select.append(...networks!.map((network) => h("option", {value: network.name ?? ""}, text.short(network.name ?? ""))));
    show();
  }).catch(() => {});  // the sliders work without
  show();
  return h("fieldset", {class: "controls"}, h("legend", {}, "Under another network"),
           h("label", {for: "link"}, "Link ", select),
           ...RANGES.map((range, i) => h("label", {for: "slider-" + range.key}, range.label + " ", sliders[i], outputs[i])),
           note);
}
