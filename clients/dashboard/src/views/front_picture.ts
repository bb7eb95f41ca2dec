// The picture of a front: points, intervals, the step front, the budget's side.

import {drawAxes, Scale} from "../axes";
import type {Box} from "../axes";
import type {Spread} from "../latency";
import type {Painter} from "../painter";
import {theme} from "../palette";

// Intervals of a long front would hide it: this many are drawn, evenly along it.
const MOST_BARS = 40;
// Fewer points than this are drawn larger.
const MANY = 500;

export interface Picture {
  x: Spread;
  y: Float64Array;
  front: number[];  // indices, by x
  budget: number | null;
  logarithmic: boolean;
  allBars: boolean;
  colorOf(i: number): string;
  selected: number;  // -1: none
  titleX: string;
  titleY: string;
  formatX(value: number): string;
  formatY(value: number): string;
}

// Where things are on the screen now.
export interface Drawn {
  box: Box;
  x: Scale;
  y: Scale;
}

function scales(box: Box, picture: Picture, barred: number[]): Drawn {
  const {x: spread, budget} = picture;
  const right = box.left + box.width;
  const ends = barred.flatMap((i) => [spread.low[i], spread.high[i]]);
  const around = (include: number[]) => Scale.around(spread.p50, box.left, right, picture.logarithmic, include);
  let x = around(ends);
  // A budget that is far away from all trials would press them together.
  if (budget !== null && budget > x.low - (x.high - x.low) && budget < x.high + (x.high - x.low)) {
    x = around([...ends, budget]);
  }
  return {box, x, y: Scale.around(picture.y, box.top + box.height, box.top, false)};
}

function budgetEdge({box, x}: Drawn, budget: number): number {
  return Math.min(Math.max(box.left, x.at(budget)), box.left + box.width);
}

// Its line, and what it says above the chart.
function drawBudget(painter: Painter, drawn: Drawn, picture: Picture): void {
  const {budget} = picture;
  if (budget === null) return;
  const {box, x} = drawn;
  const colors = theme();
  const edge = budgetEdge(drawn, budget);
  const inside = budget >= x.low && budget <= x.high;
  if (inside) painter.line(edge, box.top - 6, edge, box.top + box.height, colors.strong, 1.5, [6, 4]);
  const what = (inside ? "" : budget > x.high ? "all keep the " : "none keeps the ") + "budget of " + picture.formatX(budget);
  const left = edge < box.left + 70 ? "left" : edge > box.left + box.width - 70 ? "right" : "center";
  painter.text(what, edge, box.top - 14, {align: left, color: colors.text});
}

export function drawFront(painter: Painter, width: number, height: number, picture: Picture): Drawn {
  const colors = theme();
  const {x: spread, y: quality, front, budget} = picture;
  const stride = Math.ceil(front.length / MOST_BARS);
  const barred = front.filter((_, at) => at % stride === 0);
  const everyone = picture.allBars ? Array.from(quality.keys()) : barred;
  const drawn = scales({left: 92, top: 26, width: width - 112, height: height - 80}, picture, everyone);
  const {box, x, y} = drawn;
  if (budget !== null) painter.rect(box.left, box.top, budgetEdge(drawn, budget) - box.left, box.height, colors.feasible);
  drawAxes(painter, box, x, y, colors, {x: picture.titleX, y: picture.titleY, formatX: picture.formatX, formatY: picture.formatY});
  drawBudget(painter, drawn, picture);

  const bar = (i: number, color: string, cap: number) => {
    const [low, high] = [Math.max(spread.low[i], x.low), Math.min(spread.high[i], x.high)];
    if (!(low < high)) return;
    const at = y.at(quality[i]);
    painter.line(x.at(low), at, x.at(high), at, color, 1);
    if (cap === 0) return;
    for (const end of [spread.low[i], spread.high[i]]) {
      if (end >= x.low && end <= x.high) painter.line(x.at(end), at - cap, x.at(end), at + cap, color, 1);
    }
  };
  const there = (i: number) => !Number.isNaN(quality[i]) && !Number.isNaN(spread.p50[i]);
  const onFront = new Set(front);
  const few = quality.length < MANY;
  if (picture.allBars) for (let i = 0; i < quality.length; ++i) if (there(i)) bar(i, colors.dim, 0);
  for (let i = 0; i < quality.length; ++i) {
    if (onFront.has(i) || !there(i)) continue;
    painter.dot(x.at(spread.p50[i]), y.at(quality[i]), few ? 3 : 2, picture.colorOf(i), few ? 0.6 : 0.35, true);
  }
  const steps: number[] = [];
  front.forEach((i, at) => {
    const across = x.at(spread.p50[i]);
    if (at > 0) steps.push(across, y.at(quality[front[at - 1]]));
    steps.push(across, y.at(quality[i]));
  });
  painter.path(steps, colors.strong, 1.5);
  if (front.length > 0) {
    // Beyond the last trial the front only goes on.
    const last = front[front.length - 1];
    painter.line(x.at(spread.p50[last]), y.at(quality[last]), box.left + box.width, y.at(quality[last]), colors.strong, 1, [2, 4]);
  }
  for (const i of barred) bar(i, colors.bar, 3);
  for (const i of front) {
    const over = budget !== null && spread.p50[i] > budget;
    painter.dot(x.at(spread.p50[i]), y.at(quality[i]), 4, colors.ground, 1, true);
    painter.dot(x.at(spread.p50[i]), y.at(quality[i]), 4, picture.colorOf(i), 1, !over);
  }
  const {selected} = picture;
  if (selected >= 0 && there(selected)) {
    painter.dot(x.at(spread.p50[selected]), y.at(quality[selected]), 8, colors.strong, 1, false);
  }
  return drawn;
}
