// What was predicted and then measured: trials that report it, and whole inferences that
// were reported to the service Calibrations.

import {call, listAll} from "./api";
import * as text from "./text";
import type {Provenance, TrialLayers} from "./types";
import type {Page} from "./view";

const METRICS = ["online_seconds", "offline_seconds", "total_seconds"];
const YEAR = 365.25 * 86400;

// Of the tables that a prediction is from.
interface Source {
  backend: string;
  date: string;      // of the oldest table; empty: unknown
  ageYears: number;  // NaN: unknown
}

export interface Comparison extends Source {
  trial: number;        // NaN: none
  measurement: string;  // resource name; empty: none
  about: string;        // what a report says of itself
  metric: string;
  predicted: number;
  low: number;
  high: number;
  measured: number;
}

export interface Comparisons {
  rows: Comparison[];
  reported: number;  // measurements that the daemon keeps
  notes: string[];   // what could not be compared, and why
}

interface Compared {
  measurement: {name: string; model: string; protocol: string; label?: string; deployment?: {name?: string}};
  phases?: {
    phase: string;
    measured_seconds: number;
    predicted_seconds?: {p50?: number; low?: number; high?: number};
  }[];
  error?: {message?: string};
  provenance?: Provenance;
}

// Dates of tables by resource name: asked for once per drawing.
export class Calibrated {
  private dates = new Map<string, string>();

  static async load(): Promise<Calibrated> {
    const calibrated = new Calibrated();
    for (const table of await listAll<{name: string; measure_date?: string}>("Catalog/ListTables", "tables")) {
      if (table.measure_date) calibrated.dates.set(table.name, table.measure_date);
    }
    return calibrated;
  }

  of(provenance: Provenance | undefined): Source {
    const tables = provenance?.tables ?? [];
    const titles = [...new Set(tables.map((table) => table.title || text.short(table.table)))];
    const dates = tables.map((table) => this.dates.get(table.table) ?? "").filter(Boolean).sort();
    const oldest = dates.length > 0 ? Date.parse(dates[0]) / 1000 : NaN;
    return {backend: titles.join(" + ") || "no table", date: dates[0] ?? "",
            ageYears: Math.max(0, (Date.now() / 1000 - oldest) / YEAR)};
  }
}

async function ofTrials(page: Page, calibrated: Calibrated): Promise<Comparison[]> {
  const {trials} = page;
  const group = trials.column("group");
  const about = new Map<number, Source>();  // by group: equal questions have equal tables
  const rows: Comparison[] = [];
  for (const metric of METRICS) {
    if (!trials.has("metric.measured_" + metric)) continue;
    const measured = trials.column("metric.measured_" + metric);
    const predicted = trials.column(metric);
    const [low, high] = [trials.column("low." + metric), trials.column("high." + metric)];
    for (let i = 0; i < trials.count; ++i) {
      if (!(measured[i] > 0) || !(predicted[i] > 0)) continue;
      if (!about.has(group[i])) {
        const layers = await call<TrialLayers>("Studies/GetTrialLayers", {name: `${page.study!.name}/trials/${i + 1}`});
        about.set(group[i], calibrated.of(layers.provenance));
      }
      rows.push({trial: i + 1, measurement: "", about: "", metric, predicted: predicted[i], low: low[i], high: high[i],
                 measured: measured[i], ...about.get(group[i])!});
    }
  }
  return rows;
}

async function ofReports(calibrated: Calibrated): Promise<Comparisons> {
  const reported = await listAll<object>("Calibrations/ListMeasurements", "measurements");
  const found: Comparisons = {rows: [], reported: reported.length, notes: []};
  if (reported.length === 0) return found;
  const answer = await call<{measurements?: Compared[]}>("Calibrations/EvaluateCalibration", {}, true);
  const compared = answer.measurements ?? [];
  if (compared.length < reported.length) {
    found.notes.push(`The first ${compared.length} of ${reported.length} reported measurements are compared.`);
  }
  const failed = compared.filter((one) => one.error);
  if (failed.length > 0) found.notes.push(`${failed.length} cannot be compared: ${failed[0].error!.message ?? ""}`);
  let unpredicted = 0;
  for (const one of compared) {
    const {measurement} = one;
    const parts = [measurement.model, measurement.protocol, measurement.deployment?.name ?? "(own deployment)"];
    const about = [measurement.label, ...parts.map(text.short)].filter(Boolean).join(" · ");
    for (const phase of one.phases ?? []) {
      const predicted = phase.predicted_seconds;
      if (!(predicted?.p50)) {
        ++unpredicted;
        continue;
      }
      found.rows.push({
        trial: NaN, measurement: measurement.name, about,
        metric: phase.phase.replace("PHASE_", "").toLowerCase() + "_seconds", predicted: predicted.p50,
        low: predicted.low ?? NaN, high: predicted.high ?? NaN, measured: phase.measured_seconds,
        ...calibrated.of(one.provenance),
      });
    }
  }
  if (unpredicted > 0) found.notes.push(`${unpredicted} measured phases have no predicted seconds: no table covers them.`);
  return found;
}

export async function collect(page: Page): Promise<Comparisons> {
  const calibrated = await Calibrated.load();
  const reports = await ofReports(calibrated).catch((error: Error): Comparisons => (
      {rows: [], reported: 0, notes: [`Reported measurements cannot be read: ${error.message}`]}));
  const rows = page.study === null ? [] : await ofTrials(page, calibrated);
  return {...reports, rows: [...rows, ...reports.rows]};
}
