// Sliders for another link: they move all trials at once.

import {h} from "./dom";
import type {Link} from "./latency";
import * as text from "./text";
import type {Page} from "./view";

// Positions of a slider are shares of the exponents between two values.
interface Range {
  key: string;
  label: string;
  low: number;
  high: number;
  of(page: Page): number;
  show(value: number): string;
}

const RANGES: Range[] = [
  {key: "rtt", label: "Round trip", low: 1e-5, high: 1, show: text.seconds,
   of: (page) => page.trials.groups[0]?.network.round_trip_seconds ?? 0},
  {key: "up", label: "Client to server", low: 1e5, high: 1e10, show: (v) => text.count(v, "B/s"),
   of: (page) => page.trials.groups[0]?.network.client_to_server_bytes_per_second ?? 1e6},
  {key: "down", label: "Server to client", low: 1e5, high: 1e10, show: (v) => text.count(v, "B/s"),
   of: (page) => page.trials.groups[0]?.network.server_to_client_bytes_per_second ?? 1e6},
];

// Nothing: each trial on the link of its own deployment.
export function readLink(page: Page): Link | null {
  const values = RANGES.map((range) => Number(page.state[range.key] || NaN));
  if (values.some((value) => !(value > 0))) return null;
  return {roundTripSeconds: values[0], upBytesPerSecond: values[1], downBytesPerSecond: values[2]};
}

export function linkControls(page: Page, changed: () => void): HTMLElement {
  const link = readLink(page);
  const given = link && [link.roundTripSeconds, link.upBytesPerSecond, link.downBytesPerSecond];
  const outputs = RANGES.map((range) => h("output", {for: "slider-" + range.key}));
  const sliders = RANGES.map((range, i) => {
    const value = Math.max(range.low, given?.[i] ?? range.of(page));
    const position = Math.log(value / range.low) / Math.log(range.high / range.low);
    return h("input", {
      type: "range", min: 0, max: 1, step: 0.001, value: position, id: "slider-" + range.key,
      input: () => { own.checked = true; apply(); },
    });
  });
  // The exact link of the address stays until a slider moves.
  let moved = false;
  const values = () => RANGES.map((range, i) => {
    if (!moved && given) return given[i];
    return Number((range.low * (range.high / range.low) ** Number(sliders[i].value)).toPrecision(3));
  });
  const label = () => RANGES.forEach((range, i) => {
    outputs[i].textContent = own.checked ? range.show(values()[i]) : range.show(range.of(page)) + " (own)";
    sliders[i].setAttribute("aria-valuetext", outputs[i].textContent ?? "");
  });
  const apply = () => {
    moved = true;
    const now = values();
    page.set(own.checked ? {rtt: String(now[0]), up: String(now[1]), down: String(now[2])} : {rtt: "", up: "", down: ""});
    label();
    changed();
  };
  const own = h("input", {type: "checkbox", id: "other-link", change: apply});
  own.checked = link !== null;
  label();
  return h("fieldset", {class: "controls"},
           h("legend", {}, h("label", {for: "other-link"}, own, " Under another network")),
           ...RANGES.map((range, i) => h("label", {for: "slider-" + range.key}, range.label + " ", sliders[i], outputs[i])));
}
