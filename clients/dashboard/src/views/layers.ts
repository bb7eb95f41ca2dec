// What the time of one trial goes into, layer by layer.

import {h, table} from "../dom";
import {call} from "../api";
import type {Painter} from "../painter";
import {CAUSES, theme} from "../palette";
import * as text from "../text";
import {PHASES} from "../types";
import type {Causes, Phase, TrialLayers} from "../types";
import {asSvg, onCanvas} from "../view";
import type {Page, View} from "../view";

const ROW = 15;
const TOP = 44;
// Online first: it is what a user waits for.
const PANELS: Phase[] = ["online", "offline", "setup"];

function part(causes: Causes | undefined, cause: string): number {
  return Number((causes as Record<string, number> | undefined)?.[cause] ?? 0);
}

function total(causes: Causes | undefined): number {
  return CAUSES.reduce((sum, [cause]) => sum + part(causes, cause), 0);
}

export class LayersView implements View {
  private answer: TrialLayers = {name: "", layers: []};
  private canvas = h("canvas", {role: "img", "aria-label": "Seconds of each layer by cause; the table below has the numbers"});

  constructor(private page: Page) {}

  async show(root: HTMLElement): Promise<void> {
    const {trials, study, state} = this.page;
    const number = Math.min(Math.max(1, Number(state.trial || 1)), Math.max(1, trials.count));
    const field: HTMLInputElement = h("input", {
      type: "number", id: "trial", min: 1, max: trials.count, value: number,
      change: () => this.page.go({trial: field.value}),
    });
    root.append(h("h2", {}, "Layers of one trial"), h("div", {class: "controls"}, h("label", {for: "trial"}, "Trial ", field)));
    if (study === null || trials.count === 0) {
      root.append(h("p", {}, "There is no trial yet."));
      return;
    }
    this.answer = await call<TrialLayers>("Studies/GetTrialLayers", {name: `${study.name}/trials/${number}`});
    this.answer.layers ??= [];
    const swatches = CAUSES.map(([, name, color]) => {
      const mark = h("span", {class: "swatch"});
      mark.style.backgroundColor = color;
      return h("span", {class: "entry"}, mark, " " + name);
    });
    root.append(
        h("p", {}, this.answer.bottleneck ?? ""),
        this.answer.reproduced ? h("p", {class: "note"}, "The same figures as when the trial was added.")
                               : h("p", {class: "warning"}, "Tables or planner have changed since the trial was added: " +
                                                            "these figures are not those of the front."),
        h("p", {class: "legend"}, ...swatches), h("div", {class: "chart"}, this.canvas),
        table("Layers", ["layer", "kind", "ReLUs", ...PANELS.flatMap((p) => [p, ...CAUSES.map(([, name]) => `${p}: ${name}`)])],
              this.answer.layers.map((layer) => [
                layer.node, layer.kind, text.count(Number(layer.relu_elements ?? 0)),
                ...PANELS.flatMap((p) => [text.seconds(total(layer[p])),
                                          ...CAUSES.map(([cause]) => text.seconds(part(layer[p], cause)))]),
              ]), "layers"));
    this.redraw();
  }

  redraw(): void {
    onCanvas(this.canvas, TOP + ROW * this.answer.layers.length + 8, (painter, width) => this.draw(painter, width));
  }

  private draw(painter: Painter, width: number): void {
    const colors = theme();
    const names = Math.min(220, width * 0.25);
    const relus = 90;
    const panel = (width - names - relus) / PANELS.length;
    const layers = this.answer.layers;
    PANELS.forEach((phase, p) => {
      const left = names + p * panel;
      const most = Math.max(...layers.map((layer) => total(layer[phase])), 0) || 1;
      const all = layers.reduce((sum, layer) => sum + total(layer[phase]), 0);
      painter.text(`${phase}: ${text.seconds(all)}`, left, 14, {color: colors.text});
      if (all > 0) painter.text(`the longest bar is ${text.seconds(most)}`, left, 30, {color: colors.text, size: 10});
      layers.forEach((layer, i) => {
        let at = left;
        for (const [cause, , color] of CAUSES) {
          const length = Math.max(0, part(layer[phase], cause)) / most * (panel - 14);
          painter.rect(at, TOP + i * ROW + 2, length, ROW - 4, color);
          at += length;
        }
      });
    });
    const most = Math.max(...layers.map((layer) => Number(layer.relu_elements ?? 0)), 1);
    painter.text("ReLUs", width - relus, 14, {color: colors.text});
    layers.forEach((layer, i) => {
      const y = TOP + i * ROW + ROW / 2;
      const count = Number(layer.relu_elements ?? 0);
      painter.text(layer.node.slice(-32), 4, y, {color: colors.text, size: 10});
      if (count === 0) return;
      painter.rect(width - relus, y - ROW / 2 + 2, count / most * 38, ROW - 4, colors.dim);
      painter.text(text.count(count), width - relus + 42, y, {color: colors.text, size: 10});
    });
  }

  csv(): string {
    return text.csv(
        ["layer", "kind", "relu_elements", ...PHASES.flatMap((p) => CAUSES.map(([cause]) => `${p}.${cause}`))],
        this.answer.layers.map((layer) => [
          layer.node, layer.kind, Number(layer.relu_elements ?? 0),
          ...PHASES.flatMap((p) => CAUSES.map(([cause]) => part(layer[p], cause))),
        ]));
  }

  svg(): string {
    return asSvg(1000, TOP + ROW * this.answer.layers.length + 8, (painter, width) => this.draw(painter, width));
  }
}
