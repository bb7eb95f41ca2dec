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
const HEIGHT = 560;
const NAMED_JUMPS = 8;
const LINE = "#0072B2";
const JUMP = "#D55E00";

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
    const slopes = this.slopes();
    root.append(
        h("p", {id: "allowed"}, this.allowed()),
        ...(this.fallsAtTheEnd() ? [h("p", {class: "note"}, "The last elements may save time: where a layer keeps all its ReLUs, " +
                                                           "the protocol can truncate inside them, and needs no step of its own for the others.")] : []),
        h("div", {class: "chart"}, this.canvas),
        table(`${text.whole(this.points.length)} points`, ["ReLUs kept", "online", "offline", `${this.metric} per ReLU since the row above`],
              this.points.map((p, i) => [text.whole(p.relus), text.seconds(p.online), text.seconds(p.offline),
                                         i > 0 ? text.seconds(slopes[i - 1]) : ""]), "curve"));
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

  private budget(): number | null {
    for (const budget of this.page.study?.budgets ?? []) {
      if (this.metric + "_seconds" in budget) return Number(budget[this.metric + "_seconds"]);
    }
    return null;
  }

  // What the budget leaves, of the points that were asked for.
  private allowed(): string {
    const budget = this.budget();
    if (budget === null) return `The study has no budget of ${this.metric} seconds.`;
    const keeps = this.points.filter((p) => p[this.metric] <= budget).map((p) => p.relus);
    if (keeps.length === 0) return `No number of ReLUs keeps the budget of ${text.seconds(budget)}.`;
    // The curve need not rise everywhere: what keeps the budget may lie in two parts.
    const over = this.points.find((p) => p.relus > keeps[0] && p[this.metric] > budget)?.relus ?? Infinity;
    const first = keeps.filter((relus) => relus < over);
    const later = keeps.filter((relus) => relus > over);
    const most = `${text.whole(first[first.length - 1])} of ${text.whole(this.most())} ReLUs`;
    const again = later.length === 0 ? "" : `, and again ${text.whole(later[later.length - 1])}, where the curve comes back below it`;
    return `The budget of ${text.seconds(budget)} allows up to ${most}${again}.`;
  }

  // A layer without masked elements may be cheaper than one with a few.
  private fallsAtTheEnd(): boolean {
    const values = this.points.map((p) => p[this.metric]);
    return values.length > 1 && values[values.length - 1] < Math.max(...values);
  }

  private most(): number {
    return this.points.length > 0 ? this.points[this.points.length - 1].relus : 0;
  }

  redraw(): void {
    if (this.points.length === 0) return;
    onCanvas(this.canvas, HEIGHT, (painter, width, height) => this.draw(painter, width, height));
  }

  private slopes(): number[] {
    return this.points.slice(1).map((p, i) => (p[this.metric] - this.points[i][this.metric]) / (p.relus - this.points[i].relus));
  }

  private draw(painter: Painter, width: number, height: number): void {
    const colors = theme();
    const upper = {left: 92, top: 16, width: width - 112, height: height * 0.56};
    const lower = {left: 92, top: upper.top + upper.height + 62, width: upper.width, height: height * 0.2};
    const x = Scale.around(this.points.map((p) => p.relus), upper.left, upper.left + upper.width, false);
    const values = this.points.map((p) => p[this.metric]).filter(Number.isFinite);
    const budget = this.budget();
    const [least, greatest] = [Math.min(...values), Math.max(...values)];
    const near = budget !== null && budget > 0.8 * least && budget < 1.2 * greatest ? [budget] : [];
    // From 0, unless small steps would vanish.
    const y = Scale.around(values, upper.top + upper.height, upper.top, false, least < 0.5 * greatest ? [0, ...near] : near);
    if (budget !== null && budget > y.low) {
      const edge = Math.max(upper.top, y.at(budget));
      painter.rect(upper.left, edge, upper.width, upper.top + upper.height - edge, colors.feasible);
    }
    drawAxes(painter, upper, x, y, colors, {x: "ReLUs kept", y: `predicted ${this.metric} latency`, formatX: text.count, formatY: text.seconds});
    const steps: number[] = [];
    this.points.forEach((p, i) => {
      if (i > 0) steps.push(x.at(p.relus), y.at(this.points[i - 1][this.metric]));
      steps.push(x.at(p.relus), y.at(p[this.metric]));
    });
    painter.path(steps, LINE, 1.5);
    this.drawJumps(painter, x, y);
    if (budget !== null && budget >= y.low && budget <= y.high) {
      painter.line(upper.left, y.at(budget), upper.left + upper.width, y.at(budget), colors.strong, 1.5, [6, 4]);
      painter.text("budget of " + text.seconds(budget), upper.left + 8, y.at(budget) - 8, {color: colors.text});
    }
    const slopes = this.slopes();
    const slope = Scale.around(slopes.filter((s) => s > 0), lower.top + lower.height, lower.top, true);
    drawAxes(painter, lower, x, slope, colors, {x: "ReLUs kept", y: "per ReLU", formatX: text.count, formatY: text.seconds});
    // A jump within few ReLUs is a spike.
    const spikes: number[] = [];
    slopes.forEach((s, i) => {
      const level = slope.at(s > 0 ? s : slope.low);
      spikes.push(x.at(this.points[i].relus), level, x.at(this.points[i + 1].relus), level);
    });
    painter.path(spikes, JUMP, 1.5);
  }

  // The largest steps with their size: a layer's first ReLU, a refill of correlated OTs.
  private drawJumps(painter: Painter, x: Scale, y: Scale): void {
    const values = this.points.map((p) => p[this.metric]);
    const range = Math.max(...values) - Math.min(...values);
    const jumps = this.points.slice(1).map((p, i) => ({
      relus: p.relus, near: p.relus - this.points[i].relus < 0.005 * this.most(), from: values[i], to: values[i + 1],
    })).filter((jump) => jump.near && Math.abs(jump.to - jump.from) > 0.02 * range);
    jumps.sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from));
    const rows: [number, number][] = [];
    for (const jump of jumps.slice(0, NAMED_JUMPS)) {
      const at = x.at(jump.relus);
      painter.line(at, y.at(jump.from), at, y.at(jump.to), JUMP, 3);
      const middle = (y.at(jump.from) + y.at(jump.to)) / 2;
      if (rows.some(([ox, oy]) => Math.abs(ox - at) < 70 && Math.abs(oy - middle) < 13)) continue;
      rows.push([at, middle]);
      const right = at > (x.at(x.low) + x.at(x.high)) / 2;
      painter.text((jump.to > jump.from ? "+" : "−") + text.seconds(Math.abs(jump.to - jump.from)), at + (right ? -8 : 8), middle,
                   {align: right ? "right" : "left", color: theme().text, size: 11});
    }
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
