// Colours that people with any colour vision tell apart, on light and dark.

// Okabe and Ito, "Color Universal Design" (2008), without black and yellow, which
// vanish on one of the grounds.
export const SERIES = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"];
export const OTHER = "#888888";

// Of the causes of time, in their order: the same set.
export const CAUSE_COLORS = ["#0072B2", "#D55E00", "#CC79A7", "#009E73", "#E69F00"];

// Stops of cividis (Nuñez, Anderton, Renslow 2018): ordered in lightness for everyone.
const RAMP = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 184, 102], [254, 232, 56]];

// Its ends vanish on a ground of their own lightness: each theme leaves one out.
const USED = {light: [0, 0.8], dark: [0.3, 1]};

export function ramp(share: number): string {
  const [low, high] = USED[theme().dark ? "dark" : "light"];
  const at = Math.min(0.999, low + (high - low) * Math.min(1, Math.max(0, share))) * (RAMP.length - 1);
  const i = Math.floor(at);
  const mixed = RAMP[i].map((low, c) => Math.round(low + (at - i) * (RAMP[i + 1][c] - low)));
  return `rgb(${mixed.join(",")})`;
}

export interface Theme {
  dark: boolean;
  ground: string;
  text: string;
  grid: string;
  dim: string;
  bar: string;  // of intervals
  feasible: string;
  strong: string;
}

export function theme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue("--" + name).trim();
  return {dark: style.colorScheme === "dark", ground: of("ground"), text: of("text"), grid: of("grid"), dim: of("dim"), bar: of("quiet"), feasible: of("feasible"),
          strong: of("strong")};
}
