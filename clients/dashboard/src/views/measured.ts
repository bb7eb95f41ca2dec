// Predicted against measured, with bands of 10 and 20 %.

import {drawAxes, Scale} from "../axes";
import {choice, h, swatch, table} from "../dom";
import {collect} from "../measurements";
import type {Comparison} from "../measurements";
import type {Painter} from "../painter";
import {OTHER, ramp, SERIES, theme} from "../palette";
import {linkTo} from "../state";
import * as text from "../text";
import {asSvg, onCanvas} from "../view";
import type {Meaning, Page, View} from "../view";

const HEIGHT = 460;
const MOST_ROWS = 200;

export class MeasuredView implements View {
  private all: Comparison[] = [];
  private rows: Comparison[] = [];
  private meanings: Meaning[] = [];
  private canvas = h("canvas", {role: "img", "aria-label": "Measured against predicted seconds; the table below has the numbers"});
  private legend = h("p", {class: "legend"});

  constructor(private page: Page) {}

  async show(root: HTMLElement): Promise<void> {
    const {state} = this.page;
    root.append(h("h2", {}, "Predicted against measured"));
    const found = await collect(this.page);
    this.all = found.rows;
    const trials = this.all.filter((row) => !Number.isNaN(row.trial)).length;
    const from = state.from ?? "";
    this.rows = this.all.filter((row) => from === "" || (from === "trials") === !Number.isNaN(row.trial));
    for (const note of found.notes) root.append(h("p", {class: "warning"}, note));
    if (this.all.length === 0) {
      root.append(h("p", {}, "Nothing was measured yet. Report whole inferences with `picost measurements report` or " +
                             "Calibrations.ReportMeasurements, or with a trial as the metric measured_online_seconds, " +
                             "measured_offline_seconds or measured_total_seconds."));
      return;
    }
    root.append(
        h("div", {class: "controls"},
          choice("Colour by", "by", state.by || "backend", [["backend", "backend"], ["age", "calibration age"]],
                 (by) => this.page.go({by})),
          choice("Measured", "from", from, [["", `by anybody (${this.all.length})`],
                                            ["trials", `with trials of this study (${trials})`],
                                            ["reports", `in reports (${this.all.length - trials})`]],
                 (value) => this.page.go({from: value}))),
        h("p", {id: "within"}, this.summary()),
        h("div", {class: "chart"}, this.canvas), this.legend,
        table(`${this.rows.length} measurements` + (this.rows.length > MOST_ROWS ? `; the first ${MOST_ROWS} are shown, CSV has all` : ""),
              ["of", "what", "predicted", "low", "high", "measured", "error", "backend", "calibrated"],
              this.rows.slice(0, MOST_ROWS).map((r) => [
                this.nameOf(r), r.metric.replace("_seconds", ""), text.seconds(r.predicted), text.seconds(r.low),
                text.seconds(r.high), text.seconds(r.measured),
                (100 * (r.predicted / r.measured - 1)).toFixed(1) + " %", r.backend,
                r.date ? `${r.date} (${text.years(r.ageYears)})` : "unknown",
              ]), "measured", ["of", "backend", "calibrated"]));
    this.redraw();
  }

  private summary(): string {
    const {rows} = this;
    const within = (bound: number) => rows.filter((r) => Math.abs(r.predicted / r.measured - 1) <= bound).length;
    const inside = rows.filter((r) => r.low <= r.measured && r.measured <= r.high).length;
    return `${within(0.1)} of ${rows.length} within 10 %, ${within(0.2)} within 20 %; ${inside} inside the predicted interval.`;
  }

  private nameOf(row: Comparison): Node | string {
    if (Number.isNaN(row.trial)) return row.about;
    return h("a", {href: linkTo({...this.page.state, view: "layers", trial: String(row.trial)})}, "trial " + row.trial);
  }

  redraw(): void {
    if (this.rows.length === 0) return;
    onCanvas(this.canvas, HEIGHT, (painter, width, height) => this.draw(painter, width, height));
  }

  private draw(painter: Painter, width: number, height: number): void {
    const colors = theme();
    const box = {left: 92, top: 12, width: width - 112, height: height - 66};
    const values = this.rows.flatMap((r) => [r.predicted, r.measured]);
    const x = Scale.around(values, box.left, box.left + box.width, true);
    const y = Scale.around(values, box.top + box.height, box.top, true);
    // Both axes are alike, so that the bands are parallel to the diagonal.
    const band = (bound: number, alpha: number) => {
      const across = Array.from({length: 101}, (_, i) => x.low * (x.high / x.low) ** (i / 100));
      const edge = (factor: number) => across.map((v) => [v, Math.min(y.high, Math.max(y.low, v * factor))]);
      const corners = [...edge(1 + bound), ...edge(1 - bound).reverse()];
      painter.area(corners.flatMap(([a, b]) => [x.at(a), y.at(b)]), colors.feasible, alpha);
    };
    band(0.2, 0.55);
    band(0.1, 1);
    drawAxes(painter, box, x, y, colors, {x: "measured", y: "predicted", formatX: text.seconds, formatY: text.seconds});
    // y = x (1 ± band), kept within the box.
    const edge = (factor: number, color: string, dash: number[]) => {
      const low = Math.max(x.low, y.low / factor);
      const high = Math.min(x.high, y.high / factor);
      painter.line(x.at(low), y.at(low * factor), x.at(high), y.at(high * factor), color, 1, dash);
    };
    edge(1, colors.strong, []);
    for (const factor of [0.9, 1.1]) edge(factor, colors.text, [6, 3]);
    for (const factor of [0.8, 1.2]) edge(factor, colors.text, [2, 4]);
    this.drawRows(painter, x, y);
  }

  private drawRows(painter: Painter, x: Scale, y: Scale): void {
    const colors = theme();
    const backends = [...new Set(this.rows.map((r) => r.backend))];
    const byAge = this.page.state.by === "age";
    const oldest = Math.max(...this.rows.map((r) => r.ageYears).filter((age) => !Number.isNaN(age)), 1);
    const colorOf = (row: Comparison) => !byAge ? SERIES[backends.indexOf(row.backend)] ?? OTHER :
        Number.isNaN(row.ageYears) ? OTHER : ramp(1 - row.ageYears / oldest);
    for (const row of this.rows) {
      const [low, high] = [Math.max(row.low, y.low), Math.min(row.high, y.high)];
      if (low < high) painter.line(x.at(row.measured), y.at(low), x.at(row.measured), y.at(high), colors.bar, 1);
    }
    for (const row of this.rows) painter.dot(x.at(row.measured), y.at(row.predicted), 4, colorOf(row), 0.8, true);
    const unknown = this.rows.some((row) => Number.isNaN(row.ageYears));
    const entries: Meaning[] = !byAge ? backends.map((name, i) => [name, SERIES[i] ?? OTHER]) :
        [["calibrated today", ramp(1)], [text.years(oldest) + " ago", ramp(0)],
         ...(unknown ? [["at an unknown date", OTHER] as Meaning] : [])];
    this.meanings = entries;
    this.legend.replaceChildren(...entries.map(([name, color]) => swatch(name, color)), h("span", {class: "entry"}, "dashed: 10 %, dotted: 20 %, bars: predicted intervals"));
  }

  csv(): string {
    return text.csv(
        ["trial", "measurement", "metric", "predicted_seconds", "low", "high", "measured_seconds", "backend", "calibration_date"],
        this.rows.map((r) => [r.trial, r.measurement, r.metric, r.predicted, r.low, r.high, r.measured, r.backend, r.date]));
  }

  svg(): string {
    return asSvg(900, HEIGHT, (painter, width, height) => this.draw(painter, width, height), this.meanings);
  }
}
