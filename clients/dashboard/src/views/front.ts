// Accuracy against cost: all trials, their front, the budget; on any link.

import {call} from "../api";
import {Scale} from "../axes";
import {checkbox, choice, h, say, swatch, table} from "../dom";
import {frontOf} from "../front";
import {latency} from "../latency";
import type {Spread} from "../latency";
import {linkControls, loadNetworks, readLink} from "../link_controls";
import type {Painter} from "../painter";
import {OTHER, ramp, SERIES} from "../palette";
import {linkTo} from "../state";
import * as text from "../text";
import {LayerLines, placeName, tagsOf, trialLines} from "../trial_text";
import {asSvg, onCanvas} from "../view";
import type {Meaning, Page, View} from "../view";
import {Brush} from "./brush";
import {drawFront} from "./front_picture";
import type {Drawn} from "./front_picture";

const PREDICTED = ["online_seconds", "offline_seconds", "total_seconds", "online_bytes", "offline_bytes", "total_bytes",
                   "relu_elements", "online_flights", "client_storage_bytes"];
const HEIGHT = 480;
const MOST_ROWS = 200;
const SHADES = 64;
// Whoever only passes over points asks for no layers.
const HOVER_MILLISECONDS = 150;

interface FrontAnswer {
  points?: object[];
  hypervolume?: number;
  trial_count?: string;
  feasible_count?: string;
}

export class FrontView implements View {
  private canvas = h("canvas", {
    tabindex: 0, role: "img",
    "aria-label": "Trials by cost and quality. Left and right arrows go along the front or the brushed " +
        "trials, Enter shows the layers of the trial, Escape forgets the brush.",
  });
  private below = h("div", {id: "rows"});
  private legend = h("p", {class: "legend"});
  private summary = h("p", {id: "summary"});
  private tip = h("div", {class: "tip", hidden: true});
  private x: Spread = {p50: new Float64Array(), low: new Float64Array(), high: new Float64Array()};
  private y = new Float64Array();
  private front: number[] = [];
  private meanings: Meaning[] = [];
  private drawn: Drawn = {box: {left: 0, top: 0, width: 1, height: 1}, x: new Scale(0, 1, 0, 1, false),
                          y: new Scale(0, 1, 0, 1, false)};
  private drag: [number, number, number, number] | null = null;
  private frame = 0;
  private layerLines = new LayerLines();
  private pointed = -1;
  private hover = 0;

  private brush: Brush;

  constructor(private page: Page) {
    this.brush = new Brush(page, () => this.schedule());
  }

  private objectives(): string[] {
    return (this.page.study?.objectives ?? []).map((objective) => objective.metric);
  }

  private get costMetric(): string {
    return this.page.state.x || this.objectives().find((m) => PREDICTED.includes(m)) || "online_seconds";
  }

  private get qualityMetric(): string {
    const objectives = this.objectives();
    return this.page.state.y || objectives.find((m) => !PREDICTED.includes(m)) ||
        objectives.find((m) => m !== this.costMetric) || this.reported()[0] || "accuracy";
  }

  private reported(): string[] {
    return this.page.trials.names("metric.").map((name) => name.slice("metric.".length));
  }

  private qualityUp(): boolean {
    const objective = this.page.study?.objectives.find((o) => o.metric === this.qualityMetric);
    if (objective === undefined) return !PREDICTED.includes(this.qualityMetric);
    return objective.goal !== "OBJECTIVE_GOAL_MINIMIZE";
  }

  private budget(): number | null {
    for (const budget of this.page.study?.budgets ?? []) {
      if (this.costMetric in budget) return Number(budget[this.costMetric]);
    }
    return null;
  }

  async show(root: HTMLElement): Promise<void> {
    const {state, study} = this.page;
    if (study === null) return;
    if (state.net) await loadNetworks();
    const change = (changes: Record<string, string>) => {
      this.page.set(changes);
      this.schedule();
    };
    const qualities = [...new Set([...this.reported(), ...this.objectives(), this.qualityMetric])];
    root.append(
        h("h2", {}, "Front: " + text.title(this.qualityMetric) + " against cost"), this.summary,
        h("div", {class: "controls"},
          choice("Cost", "x", this.costMetric, PREDICTED.map((m) => [m, text.title(m)]), (x) => this.page.go({x, brush: ""})),
          choice("Quality", "y", this.qualityMetric, qualities.map((m) => [m, text.title(m)]), (y) => this.page.go({y, brush: ""})),
          choice("Colour by", "color", state.color || "time",
                 [["time", "time"], ["tag", "tag"], ["place", "model, protocol and deployment"]],
                 (color) => change({color})),
          checkbox("logarithmic cost", "log", state.log === "1", (on) => change({log: on ? "1" : ""})),
          checkbox("all intervals", "bars", state.bars === "1", (on) => change({bars: on ? "1" : ""}))),
        linkControls(this.page, () => this.schedule()),
        h("div", {class: "chart"}, this.canvas, this.tip), this.legend, this.brush.controls(), this.below);
    this.canvas.addEventListener("pointerdown", (e) => this.begin(e));
    this.canvas.addEventListener("pointermove", (e) => this.move(e));
    this.canvas.addEventListener("pointerup", () => this.end());
    this.canvas.addEventListener("pointerleave", () => this.point(-1, 0, 0));
    this.canvas.addEventListener("blur", () => this.point(-1, 0, 0));
    this.canvas.addEventListener("keydown", (e) => this.key(e));
    this.redraw();
    void this.askFront();
  }

  refresh(): void {
    this.redraw();
    void this.askFront();
  }

  // The study's own objectives, whatever the picture shows: as the daemon computes them.
  private async askFront(): Promise<void> {
    try {
      const front = await call<FrontAnswer>("Studies/GetParetoFront", {parent: this.page.study!.name});
      const objectives = this.page.study!.objectives.map(
          (o) => (o.goal === "OBJECTIVE_GOAL_MINIMIZE" ? "least " : "most ") + text.title(o.metric)).join(", ");
      const volume = front.hypervolume === undefined ? "" : `, hypervolume ${Number(front.hypervolume.toPrecision(6))}`;
      const budgets = (this.page.study!.budgets ?? []).length;
      this.summary.textContent = `${text.several(Number(front.trial_count ?? 0), "trial")}, ` +
          (budgets ? `${text.whole(Number(front.feasible_count ?? 0))} keep ${budgets > 1 ? "all budgets" : "the budget"}, `
                   : "no budget, ") +
          `${text.whole((front.points ?? []).length)} on the study's front (${objectives})${volume}.`;
    } catch {
      this.summary.textContent = "";  // the picture stands without
    }
  }

  // One drawing per frame however fast a slider moves.
  private schedule(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.redraw());
  }

  redraw(): void {
    this.frame = 0;
    const begin = performance.now();
    this.compute();
    onCanvas(this.canvas, HEIGHT, (painter, width, height) => {
      this.drawn = this.draw(painter, width, height);
      this.drawBrush(painter);
    });
    this.showRows();
    performance.measure("redraw", {start: begin, end: performance.now()});
  }

  private valuesOf(metric: string): Spread {
    const {trials} = this.page;
    if (metric.endsWith("_seconds") && PREDICTED.includes(metric)) return latency(trials, metric, readLink(this.page));
    const values = trials.column(PREDICTED.includes(metric) ? metric : "metric." + metric);
    return {p50: values, low: values, high: values};
  }

  private compute(): void {
    this.x = this.valuesOf(this.costMetric);
    this.y = this.valuesOf(this.qualityMetric).p50;
    this.front = frontOf(this.x.p50, this.y, false, this.qualityUp());
  }

  private colorOf(): (i: number) => string {
    const {trials, state} = this.page;
    if (state.color === "tag" || state.color === "place") {
      const tagged = state.color === "tag";
      const index = trials.column(tagged ? "tag_set" : "group");
      const names = tagged ? trials.tagSets.map((set) => set[0] ?? "(no tag)") : trials.groups.map(placeName);
      const used = [...new Set(names)];
      const own = used.slice(0, SERIES.length).map((name, i): Meaning => [name, SERIES[i]]);
      const rest = used.slice(SERIES.length);
      this.showLegend(rest.length === 0 ? own : [...own, [rest.length === 1 ? rest[0] : `${rest.length} others`, OTHER]]);
      const colors = names.map((name) => SERIES[used.indexOf(name)] ?? OTHER);
      return (i) => colors[index[i]] ?? OTHER;
    }
    const time = trials.column("create_time_seconds");
    const [first, last] = [time[0], time[trials.count - 1]];
    const shades = Array.from({length: SHADES}, (_, shade) => ramp(shade / (SHADES - 1)));
    this.showLegend(trials.count < 2 ? [] : [["first, " + text.moment(first), shades[0]],
                                             ["last, " + text.moment(last), shades[SHADES - 1]]]);
    const span = (last - first) || 1;
    return (i) => shades[Math.floor((time[i] - first) / span * (SHADES - 1))] ?? OTHER;
  }

  // As the daemon said for the trial's own link; on another one by the budget of this cost.
  private feasible(i: number): boolean {
    const budget = this.budget();
    if (budget !== null && readLink(this.page) !== null) return this.x.p50[i] <= budget;
    return this.page.trials.column("feasible")[i] === 1;
  }

  private showLegend(entries: Meaning[]): void {
    this.meanings = entries;
    const marks = ["line: front", "small: dominated", "bars: intervals"];
    if (this.budget() !== null) marks.push("ring: over budget", "shaded: feasible side");
    this.legend.replaceChildren(...entries.map(([name, color]) => swatch(name, color)),
                                h("span", {class: "entry"}, marks.join(" · ")));
  }

  private draw(painter: Painter, width: number, height: number): Drawn {
    const {state} = this.page;
    return drawFront(painter, width, height, {
      x: this.x, y: this.y, front: this.front, budget: this.budget(), logarithmic: state.log === "1",
      allBars: state.bars === "1", colorOf: this.colorOf(), selected: this.selected(),
      titleX: text.title(this.costMetric), titleY: text.title(this.qualityMetric),
      formatX: (v) => text.metric(this.costMetric, v), formatY: (v) => text.metric(this.qualityMetric, v),
    });
  }

  private drawBrush(painter: Painter): void {
    const brush = this.drag ?? this.brushPixels();
    if (brush === null) return;
    const [x0, y0, x1, y1] = brush;
    painter.rect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0), OTHER, 0.2);
  }

  private selected(): number {
    const number = Number(this.page.state.trial || 0);
    return number >= 1 && number <= this.page.trials.count ? number - 1 : -1;
  }

  private brushPixels(): [number, number, number, number] | null {
    const bounds = this.brush.bounds;
    if (bounds === null) return null;
    const {x, y} = this.drawn;
    return [x.at(bounds[0]), y.at(bounds[2]), x.at(bounds[1]), y.at(bounds[3])];
  }

  // The front, or what the brush holds.
  private chosen(): number[] {
    if (this.brush.bounds === null) return this.front;
    const chosen: number[] = [];
    for (let i = 0; i < this.page.trials.count; ++i) {
      if (this.brush.holds(this.x.p50[i], this.y[i])) chosen.push(i);
    }
    return chosen.sort((a, b) => this.x.p50[a] - this.x.p50[b]);
  }

  private nearest(px: number, py: number): number {
    let best = -1;
    let distance = 144;
    for (let i = 0; i < this.page.trials.count; ++i) {
      const d = (this.drawn.x.at(this.x.p50[i]) - px) ** 2 + (this.drawn.y.at(this.y[i]) - py) ** 2;
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
    this.point(this.nearest(event.offsetX, event.offsetY), event.offsetX, event.offsetY);
  }

  // Shows what is known of a trial beside the place; -1: nothing any more.
  private point(i: number, x: number, y: number): void {
    this.tip.hidden = i < 0;
    this.tip.style.left = Math.max(0, Math.min(x + 14, this.drawn.box.left + this.drawn.box.width - 300)) + "px";
    this.tip.style.top = y + 14 + "px";
    if (i === this.pointed) return;
    this.pointed = i;
    clearTimeout(this.hover);
    if (i < 0) return;
    const lines = this.linesOf(i);
    const show = (more: string[]) => {
      if (this.pointed === i) this.tip.replaceChildren(...[...lines, ...more].map((line) => h("div", {}, line)));
    };
    show([]);
    this.hover = window.setTimeout(() => {
      this.layerLines.of(`${this.page.study!.name}/trials/${i + 1}`).then(show).catch(() => {});
    }, HOVER_MILLISECONDS);
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
    const xs = [this.drawn.x.value(drag[0]), this.drawn.x.value(drag[2])].sort((a, b) => a - b);
    const ys = [this.drawn.y.value(drag[1]), this.drawn.y.value(drag[3])].sort((a, b) => a - b);
    this.brush.set([...xs, ...ys]);
  }

  private select(i: number): void {
    this.page.set({trial: i < 0 ? "" : String(i + 1)});
    say(i < 0 ? "" : this.linesOf(i).join(", "));
    this.point(i, this.drawn.x.at(this.x.p50[i]), this.drawn.y.at(this.y[i]));
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
      this.brush.clear();
      this.select(-1);
    } else {
      return;
    }
    event.preventDefault();
  }

  private linesOf(i: number): string[] {
    const format = (value: number) => text.metric(this.costMetric, value);
    return [
      `trial ${i + 1}: ${text.title(this.qualityMetric)} ${text.metric(this.qualityMetric, this.y[i])}`,
      `${text.title(this.costMetric)} ${format(this.x.p50[i])}` +
          (this.x.low[i] < this.x.high[i] ? ` (${format(this.x.low[i])} to ${format(this.x.high[i])})` : ""),
      ...trialLines(this.page.trials, i),
    ];
  }

  private showRows(): void {
    const {trials} = this.page;
    const chosen = this.chosen();
    const what = this.brush.bounds === null ? "The front" : "Brushed trials";
    const note = chosen.length > MOST_ROWS ? `; the first ${MOST_ROWS} are shown, CSV has all` : "";
    this.below.replaceChildren(table(
        `${what}: ${text.whole(chosen.length)} of ${text.whole(trials.count)} trials${note}`,
        ["trial", text.title(this.qualityMetric), text.title(this.costMetric), "low", "high", "ReLUs", "bytes", "feasible", "tags"],
        chosen.slice(0, MOST_ROWS).map((i) => [
          h("a", {href: linkTo({...this.page.state, view: "layers", trial: String(i + 1)})}, String(i + 1)),
          text.metric(this.qualityMetric, this.y[i]), text.metric(this.costMetric, this.x.p50[i]), text.metric(this.costMetric, this.x.low[i]),
          text.metric(this.costMetric, this.x.high[i]), text.whole(trials.column("relu_elements")[i]),
          text.count(trials.column("total_bytes")[i], "B"), this.feasible(i) ? "yes" : "no",
          tagsOf(trials, i).join(", "),
        ]), "trials"));
  }

  csv(): string {
    const {trials} = this.page;
    const onFront = new Set(this.front);
    const rows = this.brush.bounds === null ? Array.from({length: trials.count}, (_, i) => i) : this.chosen();
    return text.csv(
        ["trial", this.qualityMetric, this.costMetric, "low", "high", "relu_elements", "total_bytes", "on_front", "feasible", "tags"],
        rows.map((i) => [i + 1, this.y[i], this.x.p50[i], this.x.low[i], this.x.high[i], trials.column("relu_elements")[i],
                         trials.column("total_bytes")[i], onFront.has(i) ? 1 : 0, this.feasible(i) ? 1 : 0,
                         tagsOf(trials, i).join(" ")]));
  }

  svg(): string {
    return asSvg(900, HEIGHT, (painter, width, height) => { this.draw(painter, width, height); }, this.meanings);
  }
}
