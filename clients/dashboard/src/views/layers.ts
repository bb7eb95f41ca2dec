// What the time of one trial goes into, layer by layer.

import {call} from "../api";
import {h, swatch, table} from "../dom";
import type {Painter} from "../painter";
import {CAUSE_COLORS, theme} from "../palette";
import {linkTo} from "../state";
import * as text from "../text";
import {trialLines} from "../trial_text";
import {CAUSES, causesTotal, PHASES} from "../types";
import type {Causes, Phase, Trial, TrialLayers} from "../types";
import {asSvg, onCanvas} from "../view";
import type {Meaning, Page, View} from "../view";

const ROW = 15;
const TOP = 44;
const RELU_WIDTH = 96;
// Online first: it is what a user waits for.
const PANELS: Phase[] = ["online", "offline", "setup"];

function part(causes: Causes | undefined, cause: (typeof CAUSES)[number][0]): number {
  return causes?.[cause] ?? 0;
}

export class LayersView implements View {
  private answer: TrialLayers = {name: "", layers: []};
  private canvas = h("canvas", {role: "img", "aria-label": "Seconds of each layer by cause; the table below has the numbers"});

  constructor(private page: Page) {}

  async show(root: HTMLElement): Promise<void> {
    const {trials, study, state} = this.page;
    if (study === null) return;
    const number = Math.min(Math.max(1, Math.floor(Number(state.trial)) || 1), Math.max(1, trials.count));
    const field: HTMLInputElement = h("input", {
      type: "number", id: "trial", min: 1, max: trials.count, value: number,
      change: () => this.page.go({trial: field.value}),
    });
    root.append(h("h2", {}, "Layers of one trial"),
                h("div", {class: "controls"}, h("label", {for: "trial"}, "Trial ", field, ` of ${text.whole(trials.count)}`)));
    if (trials.count === 0) {
      root.append(h("p", {}, "There is no trial yet."));
      return;
    }
    const name = `${study.name}/trials/${number}`;
    const [answer, trial] = await Promise.all([call<TrialLayers>("Studies/GetTrialLayers", {name}),
                                               call<Trial>("Studies/GetTrial", {name})]);
    this.answer = answer;
    this.answer.layers ??= [];
    root.append(
        h("p", {}, ...this.about(trial, number)), h("p", {}, this.answer.bottleneck ?? ""),
        this.answer.reproduced ? h("p", {class: "note"}, "The same figures as when the trial was added.")
                               : h("p", {class: "warning"}, "Tables or planner have changed since the trial was added: " +
                                                            "these figures are not those of the front."),
        ...(this.incomplete() ? [h("p", {class: "warning"}, "Some primitives have no calibration table: their seconds are missing here.")] : []),
        h("p", {class: "legend"}, ...this.legend()), h("div", {class: "chart"}, this.canvas), this.numbers());
    this.redraw();
  }

  // What the caller and the front say of it.
  private about(trial: Trial, number: number): (Node | string)[] {
    const metrics = (trial.metrics ?? []).map((m) => `${m.metric} ${text.metric(m.metric, m.value ?? 0)}`);
    const said = [...metrics, ...trialLines(this.page.trials, number - 1)].join(" · ");
    const parent = trial.parent_trial?.split("/").pop();
    if (!parent) return [said];
    return [said + " · made from ", h("a", {href: linkTo({...this.page.state, trial: parent})}, "trial " + parent)];
  }

  private incomplete(): boolean {
    return this.answer.layers.some((layer) => PANELS.some((phase) => layer[phase]?.incomplete));
  }

  private total(phase: Phase): number {
    return this.answer.layers.reduce((sum, layer) => sum + causesTotal(layer[phase]), 0);
  }

  // Phases without any time need no picture.
  private shown(): Phase[] {
    const timed = PANELS.filter((phase) => this.total(phase) > 0);
    return timed.length > 0 ? timed : ["online"];
  }

  private legend(): HTMLElement[] {
    return CAUSES.map(([cause, name], i) => {
      const sums = this.shown().map((phase): [Phase, number] => (
          [phase, this.answer.layers.reduce((sum, layer) => sum + part(layer[phase], cause), 0)]));
      const parts = sums.filter(([, seconds]) => seconds > 0).map(([phase, seconds]) => `${phase} ${text.seconds(seconds)}`);
      return swatch(`${name}: ${parts.join(", ") || "none"}`, CAUSE_COLORS[i]);
    });
  }

  // Columns without any time are left to the CSV.
  private numbers(): HTMLElement {
    const {layers} = this.answer;
    const columns = this.shown().flatMap((phase) => CAUSES.filter(
        ([cause]) => layers.some((layer) => part(layer[phase], cause) !== 0)).map(([cause, name]) => ({phase, cause, name})));
    return table(
        "Layers", ["layer", "kind", "ReLUs", ...this.shown(), ...columns.map(({phase, name}) => `${phase}: ${name}`)],
        layers.map((layer) => [
          layer.node, layer.kind, text.whole(Number(layer.relu_elements ?? 0)),
          ...this.shown().map((phase) => text.seconds(causesTotal(layer[phase]))),
          ...columns.map(({phase, cause}) => text.seconds(part(layer[phase], cause))),
        ]), "layers");
  }

  redraw(): void {
    if (this.answer.layers.length === 0) return;
    onCanvas(this.canvas, TOP + ROW * this.answer.layers.length + 8, (painter, width) => this.draw(painter, width));
  }

  private draw(painter: Painter, width: number): void {
    const colors = theme();
    const names = Math.min(230, width * 0.25);
    const panels = this.shown();
    const panel = (width - names - RELU_WIDTH) / panels.length;
    const {layers} = this.answer;
    panels.forEach((phase, p) => {
      const left = names + p * panel;
      const most = Math.max(...layers.map((layer) => causesTotal(layer[phase])), 0) || 1;
      painter.text(`${phase}: ${text.seconds(this.total(phase))}`, left, 14, {color: colors.text});
      painter.text(`longest bar ${text.seconds(most)}`, left, 30, {color: colors.text, size: 10});
      layers.forEach((layer, i) => {
        let at = left;
        CAUSES.forEach(([cause], c) => {
          const length = Math.max(0, part(layer[phase], cause)) / most * (panel - 14);
          painter.rect(at, TOP + i * ROW + 2, length, ROW - 4, CAUSE_COLORS[c]);
          at += length;
        });
      });
    });
    const letters = Math.floor((names - 10) / 5.6);
    const most = Math.max(...layers.map((layer) => Number(layer.relu_elements ?? 0)), 1);
    painter.text("ReLUs", width - RELU_WIDTH, 14, {color: colors.text});
    layers.forEach((layer, i) => {
      const y = TOP + i * ROW + ROW / 2;
      const count = Number(layer.relu_elements ?? 0);
      painter.text(layer.node.length > letters ? "…" + layer.node.slice(1 - letters) : layer.node, 4, y, {color: colors.text, size: 10});
      if (count === 0) return;
      painter.rect(width - RELU_WIDTH, y - ROW / 2 + 2, Math.max(1, count / most * 42), ROW - 4, colors.dim);
      painter.text(text.count(count), width - RELU_WIDTH + 47, y, {color: colors.text, size: 10});
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
    return asSvg(1000, TOP + ROW * this.answer.layers.length + 8, (painter, width) => this.draw(painter, width),
                 CAUSES.map(([, name], i): Meaning => [name, CAUSE_COLORS[i]]));
  }
}
