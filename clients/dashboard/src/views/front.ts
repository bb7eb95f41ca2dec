// Accuracy against cost: all trials, their front, the budget; on any link.

import {drawAxes, Scale} from "../axes";
import type {Box} from "../axes";
import {checkbox, choice, h, say, table} from "../dom";
import {frontOf} from "../front";
import {latency} from "../latency";
import type {Spread} from "../latency";
import {linkControls, readLink} from "../link_controls";
import type {Painter} from "../painter";
import {OTHER, ramp, SERIES, theme} from "../palette";
import {linkTo} from "../state";
import * as text from "../text";
import {asSvg, onCanvas} from "../view";
import type {Page, View} from "../view";

const COSTS = ["online_seconds", "offline_seconds", "total_seconds", "online_bytes", "total_bytes", "relu_elements"];
const HEIGHT = 460;
const MOST_ROWS = 200;
// Intervals of a long front would hide it: this many are drawn, evenly along it.
const MOST_BARS = 40;

export class FrontView implements View {
  private canvas = h("canvas", {
    tabindex: 0, role: "img",
    "aria-label": "Trials by cost and quality. Left and right arrows go along the front or the brushed " +
        "trials, Enter shows the layers of the trial, Escape forgets the brush.",
  });
  private below = h("div", {id: "rows"});
  private legend = h("p", {class: "legend"});
  private tip = h("div", {class: "tip", hidden: true});
  private x: Spread = {p50: new Float64Array(), low: new Float64Array(), high: new Float64Array()};
  private y = new Float64Array();
  private front: number[] = [];
  private box: Box = {left: 0, top: 0, width: 1, height: 1};
  private scaleX = new Scale(0, 1, 0, 1, false);
  private scaleY = new Scale(0, 1, 0, 1, false);
  private drag: [number, number, number, number] | null = null;
  private frame = 0;

  constructor(private page: Page) {}

  private get costMetric(): string {
    return this.page.state.x || this.page.study?.objectives.map((o) => o.metric).find((m) => COSTS.includes(m)) ||
        "online_seconds";
  }

  private get qualityMetric(): string {
    const reported = this.page.study?.objectives.map((o) => o.metric).find((m) => !COSTS.includes(m));
    return this.page.state.y || reported || this.reported()[0] || "accuracy";
  }

  private reported(): string[] {
    return this.page.trials.names("metric.").map((name) => name.slice("metric.".length));
  }

  private qualityUp(): boolean {
    const objective = this.page.study?.objectives.find((o) => o.metric === this.qualityMetric);
    return objective?.goal !== "OBJECTIVE_GOAL_MINIMIZE";
  }

  private budget(): number | null {
    for (const budget of this.page.study?.budgets ?? []) {
      if (this.costMetric in budget) return Number(budget[this.costMetric]);
    }
    return null;
  }

  show(root: HTMLElement): void {
    const {state} = this.page;
    const change = (changes: Record<string, string>) => {
      this.page.set(changes);
      this.schedule();
    };
    const names = [...new Set([...this.reported(), this.qualityMetric])];
    root.append(
        h("h2", {}, "Front: " + text.title(this.qualityMetric) + " against cost"),
        h("div", {class: "controls"},
          choice("Cost", "x", this.costMetric, COSTS.map((m) => [m, text.title(m)]), (x) => this.page.go({x, brush: ""})),
          choice("Quality", "y", this.qualityMetric, names.map((m) => [m, m]), (y) => this.page.go({y, brush: ""})),
          choice("Colour by", "color", state.color || "time",
                 [["time", "time"], ["tag", "tag"], ["place", "model, protocol and deployment"]],
                 (color) => change({color})),
          checkbox("logarithmic cost", "log", state.log === "1", (on) => change({log: on ? "1" : ""})),
          checkbox("all intervals", "bars", state.bars === "1", (on) => change({bars: on ? "1" : ""}))),
        linkControls(this.page, () => this.schedule()),
        h("div", {class: "chart"}, this.canvas, this.tip), this.legend, this.brushFields(change), this.below);
    this.canvas.addEventListener("pointerdown", (e) => this.begin(e));
    this.canvas.addEventListener("pointermove", (e) => this.move(e));
    this.canvas.addEventListener("pointerup", () => this.end());
    this.canvas.addEventListener("pointerleave", () => { this.tip.hidden = true; });
    this.canvas.addEventListener("keydown", (e) => this.key(e));
    this.redraw();
  }

  refresh(): void {
    this.redraw();
  }

  // One drawing per frame however fast a slider moves.
  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.redraw());
  }

  redraw(): void {
    this.frame = 0;
    const begin = performance.now();
    this.compute();
    onCanvas(this.canvas, HEIGHT, (painter, width, height) => this.draw(painter, width, height));
    this.showRows();
    performance.measure("redraw", {start: begin, end: performance.now()});
  }

  private compute(): void {
    const {trials} = this.page;
    const metric = this.costMetric;
    if (metric.endsWith("_seconds")) {
      this.x = latency(trials, metric, readLink(this.page));
    } else {
      const values = trials.column(metric);
      this.x = {p50: values, low: values, high: values};
    }
    const y = this.qualityMetric;
    this.y = trials.column(COSTS.includes(y) ? y : "metric." + y);
    this.front = frontOf(this.x.p50, this.y, false, this.qualityUp());
  }

  private colorOf(): (i: number) => string {
    const {trials, state} = this.page;
    if (state.color === "tag" || state.color === "place") {
      const tagged = state.color === "tag";
      const index = trials.column(tagged ? "tag_set" : "group");
      const names = tagged ? trials.tagSets.map((set) => set[0] ?? "(no tag)")
                           : trials.groups.map((g) => this.placeName(g));
      const used = [...new Set(names)];
      this.showLegend(used.map((name, i) => [name, i < SERIES.length ? SERIES[i] : OTHER]));
      const colors = names.map((name) => SERIES[used.indexOf(name)] ?? OTHER);
      return (i) => colors[index[i]] ?? OTHER;
    }
    const time = trials.column("create_time_seconds");
    const first = time[0];
    const span = (time[trials.count - 1] - first) || 1;
    this.showLegend([["first", ramp(0)], ["last", ramp(1)]]);
    return (i) => ramp((time[i] - first) / span);
  }

  // As the daemon said for the trial's own link; on another one by the budget of this cost.
  private feasible(i: number): boolean {
    const budget = this.budget();
    if (budget !== null && readLink(this.page) !== null) return this.x.p50[i] <= budget;
    return this.page.trials.column("feasible")[i] === 1;
  }

  private placeName(group: {model: string; protocol: string; deployment?: string}): string {
    return [group.model, group.protocol, group.deployment ?? "(own deployment)"].map(text.short).join(" · ");
  }

  private showLegend(entries: [string, string][]): void {
    const swatch = (color: string) => {
      const mark = h("span", {class: "swatch"});
      mark.style.backgroundColor = color;
      return mark;
    };
    this.legend.replaceChildren(
        ...entries.map(([name, color]) => h("span", {class: "entry"}, swatch(color), " " + name)),
        h("span", {class: "entry"}, "line: front · small: dominated · ring: over budget · shaded: feasible side"));
  }

  private draw(painter: Painter, width: number, height: number): void {
    const colors = theme();
    const {trials, state} = this.page;
    const box = this.box = {left: 78, top: 12, width: width - 98, height: height - 66};
    const log = state.log === "1";
    const budget = this.budget();
    const bottom = box.top + box.height;
    let x = Scale.around(this.x.p50, box.left, box.left + box.width, log);
    // A budget that is far away from all trials would press them together.
    if (budget !== null && budget > x.low - (x.high - x.low) && budget < x.high + (x.high - x.low)) {
      x = Scale.around(this.x.p50, box.left, box.left + box.width, log, [budget]);
    }
    this.scaleX = x;
    const y = this.scaleY = Scale.around(this.y, bottom, box.top, false);
    const edge = budget === null ? 0 : Math.min(Math.max(box.left, x.at(budget)), box.left + box.width);
    if (budget !== null) painter.rect(box.left, box.top, edge - box.left, box.height, colors.feasible, 1);
    drawAxes(painter, box, x, y, colors, {
      x: text.title(this.costMetric), y: this.qualityMetric,
      formatX: (v) => text.metric(this.costMetric, v), formatY: (v) => text.metric(this.qualityMetric, v),
    });
    if (budget !== null) {
      const inside = budget >= x.low && budget <= x.high;
      if (inside) painter.line(edge, box.top, edge, bottom, colors.strong, 1.5, [6, 4]);
      const left = edge > box.left + box.width * 0.8;
      painter.text((inside ? "" : budget > x.high ? "all keep the " : "none keeps the ") + "budget of " +
                       text.metric(this.costMetric, budget),
                   edge + (left ? -6 : 6), box.top + 10, {align: left ? "right" : "left", color: colors.text});
    }
    const colorOf = this.colorOf();
    const onFront = new Set(this.front);
    const bar = (i: number) => {
      const [low, high] = [Math.max(this.x.low[i], x.low), Math.min(this.x.high[i], x.high)];
      if (low < high) painter.line(x.at(low), y.at(this.y[i]), x.at(high), y.at(this.y[i]), colors.dim, 1);
    };
    const outside = (i: number) => budget !== null && this.x.p50[i] > budget;
    if (state.bars === "1") for (let i = 0; i < trials.count; ++i) bar(i);
    for (let i = 0; i < trials.count; ++i) {
      if (onFront.has(i) || Number.isNaN(this.y[i]) || Number.isNaN(this.x.p50[i])) continue;
      painter.dot(x.at(this.x.p50[i]), y.at(this.y[i]), 2, colorOf(i), 0.35, true);
    }
    const steps: number[] = [];
    this.front.forEach((i, at) => {
      const px = x.at(this.x.p50[i]);
      if (at > 0) steps.push(px, y.at(this.y[this.front[at - 1]]));
      steps.push(px, y.at(this.y[i]));
    });
    const stride = Math.ceil(this.front.length / MOST_BARS);
    if (state.bars !== "1") this.front.filter((_, at) => at % stride === 0).forEach(bar);
    for (const i of this.front) {
      painter.dot(x.at(this.x.p50[i]), y.at(this.y[i]), 4, colorOf(i), 1, !outside(i));
    }
    if (this.front.length) {
      steps.push(box.left + box.width, y.at(this.y[this.front[this.front.length - 1]]));
      painter.path(steps, colors.strong, 1.5);
    }
    const selected = this.selected();
    if (selected >= 0) painter.dot(x.at(this.x.p50[selected]), y.at(this.y[selected]), 8, colors.strong, 1, false);
    const brush = this.drag ?? this.brushPixels();
    if (brush !== null) {
      const [x0, y0, x1, y1] = brush;
      painter.rect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0), colors.strong, 0.15);
    }
  }

  private selected(): number {
    const number = Number(this.page.state.trial || 0);
    return number >= 1 && number <= this.page.trials.count ? number - 1 : -1;
  }

  // In the metrics' own units: x0, x1, y0, y1.
  private brush(): number[] | null {
    const parts = (this.page.state.brush ?? "").split(",").map(Number);
    return parts.length === 4 && parts.every(Number.isFinite) ? parts : null;
  }

  private brushPixels(): [number, number, number, number] | null {
    const brush = this.brush();
    return brush && [this.scaleX.at(brush[0]), this.scaleY.at(brush[2]), this.scaleX.at(brush[1]), this.scaleY.at(brush[3])];
  }

  // The front, or what the brush holds.
  private chosen(): number[] {
    const brush = this.brush();
    if (brush === null) return this.front;
    const [x0, x1, y0, y1] = brush;
    const chosen: number[] = [];
    for (let i = 0; i < this.page.trials.count; ++i) {
      if (this.x.p50[i] >= x0 && this.x.p50[i] <= x1 && this.y[i] >= y0 && this.y[i] <= y1) chosen.push(i);
    }
    return chosen.sort((a, b) => this.x.p50[a] - this.x.p50[b]);
  }

  private brushFields(change: (changes: Record<string, string>) => void): HTMLElement {
    const names = ["cost from", "to", "quality from", "to "];
    const brush = this.brush();
    const fields = names.map((name, i) => h("input", {
      type: "number", step: "any", id: "brush" + i, "aria-label": "brush: " + name, value: brush?.[i] ?? "",
      change: () => {
        const values = fields.map((field) => field.value);
        change({brush: values.every((value) => value !== "") ? values.join(",") : ""});
      },
    }));
    return h("fieldset", {class: "controls"}, h("legend", {}, "Brush: drag in the chart, or type"),
             ...names.map((name, i) => h("label", {}, name + " ", fields[i])),
             h("button", {type: "button", id: "clear-brush", click: () => this.clearBrush()}, "Clear"));
  }

  private clearBrush(): void {
    this.page.set({brush: ""});
    for (let i = 0; i < 4; ++i) (document.getElementById("brush" + i) as HTMLInputElement).value = "";
    this.schedule();
  }

  private nearest(px: number, py: number): number {
    let best = -1;
    let distance = 144;
    for (let i = 0; i < this.page.trials.count; ++i) {
      const d = (this.scaleX.at(this.x.p50[i]) - px) ** 2 + (this.scaleY.at(this.y[i]) - py) ** 2;
      if (d < distance) [best, distance] = [i, d];
    }
    return best;
  }

  private begin(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.drag = [event.offsetX, event.offsetY, event.offsetX, event.offsetY];
  }

  private move(event: PointerEvent): void {
    if (this.drag !== null && event.buttons) {
      this.drag[2] = event.offsetX;
      this.drag[3] = event.offsetY;
      this.schedule();
      return;
    }
    const i = this.nearest(event.offsetX, event.offsetY);
    this.tip.hidden = i < 0;
    if (i < 0) return;
    this.tip.replaceChildren(...this.summary(i).map((line) => h("div", {}, line)));
    this.tip.style.left = Math.min(event.offsetX + 14, this.box.left + this.box.width - 260) + "px";
    this.tip.style.top = event.offsetY + 14 + "px";
  }

  private end(): void {
    const drag = this.drag;
    this.drag = null;
    if (drag === null) return;
    if (Math.abs(drag[2] - drag[0]) < 4 && Math.abs(drag[3] - drag[1]) < 4) {
      const i = this.nearest(drag[0], drag[1]);
      this.select(i);
      return;
    }
    const xs = [this.scaleX.value(drag[0]), this.scaleX.value(drag[2])].sort((a, b) => a - b);
    const ys = [this.scaleY.value(drag[1]), this.scaleY.value(drag[3])].sort((a, b) => a - b);
    const brush = [...xs, ...ys];
    this.page.set({brush: brush.join(",")});
    brush.forEach((value, i) => { (document.getElementById("brush" + i) as HTMLInputElement).value = String(value); });
    this.schedule();
  }

  private select(i: number): void {
    this.page.set({trial: i < 0 ? "" : String(i + 1)});
    say(i < 0 ? "" : this.summary(i).join(", "));
    this.schedule();
  }

  private key(event: KeyboardEvent): void {
    const chosen = this.chosen();
    const at = chosen.indexOf(this.selected());
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const next = at < 0 ? 0 : at + (event.key === "ArrowRight" ? 1 : -1);
      if (next >= 0 && next < chosen.length) this.select(chosen[next]);
    } else if (event.key === "Enter" && this.selected() >= 0) {
      this.page.go({view: "layers"});
    } else if (event.key === "Escape") {
      this.clearBrush();
      this.select(-1);
    } else {
      return;
    }
    event.preventDefault();
  }

  private summary(i: number): string[] {
    const {trials} = this.page;
    const phases = ["setup", "offline", "online"].map((p) => `${p} ${text.seconds(trials.column(p + ".latency_seconds")[i])}`);
    return [
      `trial ${i + 1}: ${this.qualityMetric} ${text.metric(this.qualityMetric, this.y[i])}`,
      `${text.title(this.costMetric)} ${text.metric(this.costMetric, this.x.p50[i])}` +
          (this.x.low[i] < this.x.high[i] ? ` (${text.metric(this.costMetric, this.x.low[i])} to ` +
                                            `${text.metric(this.costMetric, this.x.high[i])})` : ""),
      phases.join(", "),
      `${text.count(trials.column("relu_elements")[i])} ReLUs, ${text.count(trials.column("total_bytes")[i], "B")}, ` +
          `${trials.column("online_flights")[i]} flights online`,
      trials.tagSets[trials.column("tag_set")[i]]?.join(", ") || "no tags",
      this.placeName(trials.groups[trials.column("group")[i]]),
    ];
  }

  private showRows(): void {
    const {trials} = this.page;
    const chosen = this.chosen();
    const what = this.brush() === null ? "The front" : "Brushed trials";
    const note = chosen.length > MOST_ROWS ? `; the first ${MOST_ROWS} are shown, CSV has all` : "";
    this.below.replaceChildren(table(
        `${what}: ${chosen.length} of ${trials.count} trials${note}`,
        ["trial", this.qualityMetric, text.title(this.costMetric), "low", "high", "ReLUs", "bytes", "feasible", "tags"],
        chosen.slice(0, MOST_ROWS).map((i) => [
          h("a", {href: linkTo({...this.page.state, view: "layers", trial: String(i + 1)})}, String(i + 1)),
          String(this.y[i]), text.metric(this.costMetric, this.x.p50[i]), text.metric(this.costMetric, this.x.low[i]),
          text.metric(this.costMetric, this.x.high[i]), String(trials.column("relu_elements")[i]),
          text.count(trials.column("total_bytes")[i], "B"), this.feasible(i) ? "yes" : "no",
          trials.tagSets[trials.column("tag_set")[i]]?.join(", ") ?? "",
        ]), "trials"));
  }

  csv(): string {
    const {trials} = this.page;
    const onFront = new Set(this.front);
    const rows = this.brush() === null ? Array.from({length: trials.count}, (_, i) => i) : this.chosen();
    return text.csv(
        ["trial", this.qualityMetric, this.costMetric, "low", "high", "relu_elements", "total_bytes", "on_front", "feasible", "tags"],
        rows.map((i) => [i + 1, this.y[i], this.x.p50[i], this.x.low[i], this.x.high[i], trials.column("relu_elements")[i],
                         trials.column("total_bytes")[i], onFront.has(i) ? 1 : 0, this.feasible(i) ? 1 : 0,
                         trials.tagSets[trials.column("tag_set")[i]]?.join(" ") ?? ""]));
  }

  svg(): string {
    return asSvg(900, HEIGHT, (painter, width, height) => this.draw(painter, width, height));
  }
}
