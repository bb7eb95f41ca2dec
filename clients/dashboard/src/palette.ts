// Colours that people with any colour vision tell apart, on light and dark.

// Okabe and Ito, "Color Universal Design" (2008), without black and yellow, which
// vanish on one of the grounds.
export const SERIES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"];
export const OTHER = "#888888";

// Causes of time, each with an own colour of the same set.
export const CAUSES: [string, string, string][] = [
  ["homomorphic_seconds", "HE", "#0072B2"],
  ["garbling_and_transfers_seconds", "GC/OT", "#D55E00"],
  ["other_compute_seconds", "shares, clear", "#CC79A7"],
  ["transfer_seconds", "transfer", "#009E73"],
  ["flight_seconds", "flights", "#E69F00"],
];

// Stops of cividis (Nuñez, Anderton, Renslow 2018): ordered in lightness for everyone.
const RAMP = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [254, 232, 56]];

export function ramp(share: number): string {
  const at = Math.min(0.999, Math.max(0, share)) * (RAMP.length - 1);
  const i = Math.floor(at);
  const mixed = RAMP[i].map((low, c) => Math.round(low + (at - i) * (RAMP[i + 1][c] - low)));
  return `rgb(${mixed.join(",")})`;
}

export interface Theme {
  ground: string;
  text: string;
  grid: string;
  dim: string;
  feasible: string;
  strong: string;
}

export function theme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue("--" + name).trim();
  return {ground: of("ground"), text: of("text"), grid: of("grid"), dim: of("dim"), feasible: of("feasible"),
          strong: of("strong")};
}
