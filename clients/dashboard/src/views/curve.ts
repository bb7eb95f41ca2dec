// Predicted latency against the number of ReLUs kept: a staircase, and its slope.

import {call, listAll} from "../api";
import {drawAxes, Scale} from "../axes";
import {choice, h, table} from "../dom";
import type {Painter} from "../painter";
import {theme} from "../palette";
import * as text from "../text";
import type {Group} from "../types";
import {asSvg, onCanvas} from "../view";
import type {Page, View} from "../view";

const POINTS = 160;
const FINER = 12;   // points between the ends of a jump
const JUMPS = 12;   // that are looked at more closely
const HEIGHT = 520;

interface Point {
  relus: number;
  online: number;
  offline: number;
}

interface PhaseTotals {
  latency_seconds?: {p50?: number};
}

interface Totals {
  relu_elements?: string;
  online?: PhaseTotals;
  offline?: PhaseTotals;
}

// An absent number is 0, absent seconds are unknown.
function median(phase: PhaseTotals | undefined): number {
  return phase?.latency_seconds ? phase.latency_seconds.p50 ?? 0 : NaN;
}

export class CurveView implements View {
  private points: Point[] = [];
  private canvas = h("canvas", {role: "img", "aria-label": "Latency against ReLUs kept, and seconds per ReLU below it"});

  constructor(private page: Page) {}

  private get metric(): "online" | "offline" {
    return this.page.state.phase === "offline" ? "offline" : "online";
  }

  async show(root: HTMLElement): Promise<void> {
    const {trials, state} = this.page;
    root.append(h("h2", {}, "Budget curve: latency against ReLUs kept"));
    const groups = trials.groups.filter((g) => g.deployment);
    if (groups.length === 0) {
      root.append(h("p", {}, "A curve needs a trial under a named deployment."));
      return;
    }
    const at = Math.min(Number(state.group || 0), groups.length - 1);
    const group = groups[at];
    const layers = (await listAll<{node: string; kind: string; counts?: {relu_elements?: string}}>(
        "Models/ListLayers", "layers", {parent: group.model})).filter((l) => Number(l.counts?.relu_elements ?? 0) > 0);
    root.append(h("div", {class: "controls"},
        choice("Of", "group", String(at), groups.map((g, i) => [String(i), [g.model, g.protocol, g.deployment!].map(text.short).join(" · ")]),
               (value) => this.page.go({group: value, layer: ""})),
        choice("ReLUs", "layer", state.layer || "",
               [["", "of all layers, in proportion"], ...layers.map((l): [string, string] => [l.node, "of " + l.node])],
               (layer) => this.page.go({layer})),
        choice("Phase", "phase", this.metric, [["online", "online"], ["offline", "offline"]], (phase) => this.page.go({phase}))));
    const varied = layers.filter((l) => !state.layer || l.node === state.layer);
    await this.evaluate(group, varied.map((l) => [l.node, Number(l.counts!.relu_elements)]));
    root.append(h("div", {class: "chart"}, this.canvas),
                table(`${this.points.length} points`, ["ReLUs kept", "online", "offline"],
                      this.points.map((p) => [String(p.relus), text.seconds(p.online), text.seconds(p.offline)]), "curve"));
    this.redraw();
  }

  // Even steps first, then finer ones where the curve jumps most.
  private async evaluate(group: Group, nodes: [string, number][]): Promise<void> {
    const found = new Map<number, Point>();
    const ask = async (shares: number[]) => {
      const answer = await call<{results?: {totals?: Totals}[]}>("CostOracle/EvaluateEdits", {
        graph: {model: group.model}, protocol: {protocol: group.protocol}, deployment: {name: group.deployment},
        kept_nodes: nodes.map(([node]) => node),
        edits: shares.map((share) => ({kept: nodes.map(([, most]) => String(Math.round(share * most)))})),
      });
      (answer.results ?? []).forEach((result, i) => {
        const totals = result.totals;
        if (totals === undefined) return;
        found.set(shares[i], {
          relus: Number(totals.relu_elements ?? 0),
          online: median(totals.online),
          offline: median(totals.offline),
        });
      });
    };
    await ask(Array.from({length: POINTS + 1}, (_, i) => i / POINTS));
    for (let round = 0; round < 2; ++round) {
      const shares = [...found.keys()].sort((a, b) => a - b);
      const jumps = shares.slice(1).map((share, i) => ({
        from: shares[i], to: share,
        size: Math.abs(found.get(share)![this.metric] - found.get(shares[i])![this.metric]),
      })).sort((a, b) => b.size - a.size).slice(0, JUMPS);
      await ask(jumps.flatMap(({from, to}) =>
          Array.from({length: FINER}, (_, i) => from + (to - from) * (i + 1) / (FINER + 1))));
    }
    const byCount = new Map([...found.values()].map((point) => [point.relus, point]));
    this.points = [...byCount.values()].sort((a, b) => a.relus - b.relus);
  }

  redraw(): void {
    onCanvas(this.canvas, HEIGHT, (painter, width, height) => this.draw(painter, width, height));
  }

  private slopes(): number[] {
    return this.points.slice(1).map((p, i) => (p[this.metric] - this.points[i][this.metric]) / (p.relus - this.points[i].relus));
  }

  private draw(painter: Painter, width: number, height: number): void {
    const colors = theme();
    const upper = {left: 84, top: 12, width: width - 104, height: height * 0.56};
    const lower = {left: 84, top: upper.top + upper.height + 62, width: upper.width, height: height * 0.2};
    const x = Scale.around(this.points.map((p) => p.relus), upper.left, upper.left + upper.width, false);
    const y = Scale.around(this.points.map((p) => p[this.metric]), upper.top + upper.height, upper.top, false, [0]);
    drawAxes(painter, upper, x, y, colors, {x: "ReLUs kept", y: `predicted ${this.metric} latency`, formatX: text.count, formatY: text.seconds});
    const steps: number[] = [];
    this.points.forEach((p, i) => {
      if (i > 0) steps.push(x.at(p.relus), y.at(this.points[i - 1][this.metric]));
      steps.push(x.at(p.relus), y.at(p[this.metric]));
    });
    painter.path(steps, "#0072B2", 1.5);
    const slopes = this.slopes();
    const slope = Scale.around(slopes.filter((s) => s > 0), lower.top + lower.height, lower.top, true);
    drawAxes(painter, lower, x, slope, colors, {x: "ReLUs kept", y: "per ReLU", formatX: text.count, formatY: text.seconds});
    // A jump within few ReLUs is a spike.
    const spikes: number[] = [];
    slopes.forEach((s, i) => {
      const level = slope.at(s > 0 ? s : slope.low);
      spikes.push(x.at(this.points[i].relus), level, x.at(this.points[i + 1].relus), level);
    });
    painter.path(spikes, "#D55E00", 1.5);
  }

  csv(): string {
    const slopes = this.slopes();
    return text.csv(["relu_elements", "online_seconds", "offline_seconds", `marginal_${this.metric}_seconds_per_relu`],
                    this.points.map((p, i) => [p.relus, p.online, p.offline, i > 0 ? slopes[i - 1] : NaN]));
  }

  svg(): string {
    return asSvg(900, HEIGHT, (painter, width, height) => this.draw(painter, width, height));
  }
}
