// Predicted against measured, with bands of 10 and 20 %.

import {call, listAll} from "../api";
import {drawAxes, Scale} from "../axes";
import {choice, h, table} from "../dom";
import type {Painter} from "../painter";
import {OTHER, ramp, SERIES, theme} from "../palette";
import * as text from "../text";
import type {TrialLayers} from "../types";
import {asSvg, onCanvas} from "../view";
import type {Page, View} from "../view";

const METRICS = ["online_seconds", "offline_seconds", "total_seconds"];
const HEIGHT = 460;
const MOST_ROWS = 200;
const YEAR = 365.25 * 86400;

interface Row {
  trial: number;
  metric: string;
  predicted: number;
  measured: number;
  backend: string;
  date: string;  // of the oldest table; empty: unknown
  ageYears: number;
}

type Source = Pick<Row, "backend" | "date" | "ageYears">;

export class MeasuredView implements View {
  private rows: Row[] = [];
  private canvas = h("canvas", {role: "img", "aria-label": "Measured against predicted seconds; the table below has the numbers"});
  private legend = h("p", {class: "legend"});

  constructor(private page: Page) {}

  async show(root: HTMLElement): Promise<void> {
    root.append(h("h2", {}, "Predicted against measured"));
    this.rows = await this.collect();
    if (this.rows.length === 0) {
      root.append(h("p", {}, "No trial of this study reports a measurement. Report one with a trial as the metric " +
                             "measured_online_seconds, measured_offline_seconds or measured_total_seconds."));
      return;
    }
    const within = (bound: number) => this.rows.filter((r) => Math.abs(r.predicted / r.measured - 1) <= bound).length;
    root.append(
        h("div", {class: "controls"},
          choice("Colour by", "by", this.page.state.by || "backend", [["backend", "backend"], ["age", "calibration age"]],
                 (by) => this.page.go({by}))),
        h("p", {id: "within"}, `${within(0.1)} of ${this.rows.length} within 10 %, ${within(0.2)} within 20 %.`),
        h("div", {class: "chart"}, this.canvas), this.legend,
        table(`${this.rows.length} measurements` + (this.rows.length > MOST_ROWS ? `; the first ${MOST_ROWS} are shown` : ""),
              ["trial", "what", "predicted", "measured", "error", "backend", "calibrated"],
              this.rows.slice(0, MOST_ROWS).map((r) => [
                String(r.trial), r.metric, text.seconds(r.predicted), text.seconds(r.measured),
                (100 * (r.predicted / r.measured - 1)).toFixed(1) + " %", r.backend,
                r.date ? `${r.date} (${r.ageYears.toFixed(1)} years)` : "unknown",
              ]), "measured"));
    this.redraw();
  }

  // What priced the trials of a group: asked for once, by one of them.
  private async tablesOf(trial: number): Promise<Source> {
    const layers = await call<TrialLayers>("Studies/GetTrialLayers", {name: `${this.page.study!.name}/trials/${trial}`});
    const used = new Map((layers.provenance?.tables ?? []).map((t) => [t.table, t.title ?? text.short(t.table)]));
    const tables = await listAll<{name: string; measure_date?: string}>("Catalog/ListTables", "tables");
    const dates = tables.filter((t) => used.has(t.name) && t.measure_date).map((t) => t.measure_date!).sort();
    const oldest = dates.length > 0 ? Date.parse(dates[0]) / 1000 : NaN;
    return {backend: [...new Set(used.values())].join(" + ") || "no table", date: dates[0] ?? "",
            ageYears: (Date.now() / 1000 - oldest) / YEAR};
  }

  private async collect(): Promise<Row[]> {
    const {trials} = this.page;
    const group = trials.column("group");
    const about = new Map<number, Source>();
    const rows: Row[] = [];
    for (const metric of METRICS) {
      if (!trials.has("metric.measured_" + metric)) continue;
      const measured = trials.column("metric.measured_" + metric);
      const predicted = trials.column(metric);
      for (let i = 0; i < trials.count; ++i) {
        if (!(measured[i] > 0) || !(predicted[i] > 0)) continue;
        if (!about.has(group[i])) about.set(group[i], await this.tablesOf(i + 1));
        rows.push({trial: i + 1, metric, predicted: predicted[i], measured: measured[i], ...about.get(group[i])!});
      }
    }
    return rows;
  }

  redraw(): void {
    if (this.rows.length === 0) return;
    onCanvas(this.canvas, HEIGHT, (painter, width, height) => this.draw(painter, width, height));
  }

  private draw(painter: Painter, width: number, height: number): void {
    const colors = theme();
    const box = {left: 84, top: 12, width: width - 104, height: height - 66};
    const values = this.rows.flatMap((r) => [r.predicted, r.measured]);
    const x = Scale.around(values, box.left, box.left + box.width, true);
    const y = Scale.around(values, box.top + box.height, box.top, true);
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
    const backends = [...new Set(this.rows.map((r) => r.backend))];
    const byAge = this.page.state.by === "age";
    const oldest = Math.max(...this.rows.map((r) => r.ageYears).filter((age) => !Number.isNaN(age)), 1);
    const colorOf = (row: Row) => !byAge ? SERIES[backends.indexOf(row.backend)] ?? OTHER :
        Number.isNaN(row.ageYears) ? OTHER : ramp(1 - row.ageYears / oldest);
    for (const row of this.rows) painter.dot(x.at(row.measured), y.at(row.predicted), 4, colorOf(row), 0.8, true);
    const entries: [string, string][] = byAge ? [["new", ramp(1)], [`${oldest.toFixed(1)} years`, ramp(0)]] :
        backends.map((name, i) => [name, SERIES[i] ?? OTHER]);
    this.legend.replaceChildren(...entries.map(([name, color]) => {
      const mark = h("span", {class: "swatch"});
      mark.style.backgroundColor = color;
      return h("span", {class: "entry"}, mark, " " + name);
    }), h("span", {class: "entry"}, "dashed: 10 %, dotted: 20 %"));
  }

  csv(): string {
    return text.csv(["trial", "metric", "predicted_seconds", "measured_seconds", "backend", "calibration_date"],
                    this.rows.map((r) => [r.trial, r.metric, r.predicted, r.measured, r.backend, r.date]));
  }

  svg(): string {
    return asSvg(900, HEIGHT, (painter, width, height) => this.draw(painter, width, height));
  }
}
