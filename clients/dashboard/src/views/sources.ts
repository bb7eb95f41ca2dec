// Models, deployments, networks and tables, with where they are from.

import {listAll} from "../api";
import {digest, h, table} from "../dom";
import {theme} from "../palette";
import * as text from "../text";
import type {Network} from "../types";
import {asSvg} from "../view";
import type {Page, View} from "../view";

interface Section {
  title: string;
  head: string[];
  rows: string[][];  // every digit, as in the CSV
  wrapped?: string[];  // heads of columns with sentences
  shown?(head: string, cell: string): Node | string;
}

interface Model {
  name: string;
  display_name?: string;
  create_time?: string;
  node_count?: string;
  totals?: {relu_elements?: string; macs?: string; parameters?: string};
  notes?: {producer?: string; opset?: string};
}

interface Machine {
  tables?: {family?: string; tables?: string[]; scaled_tables?: {table: string}[]}[];
  threads?: string;
}

interface Deployment {
  name: string;
  network?: Network;
  client?: Machine;
  server?: Machine;
}

function machine(of: Machine | undefined): string {
  const tables = (of?.tables ?? []).flatMap((binding) => [
    ...(binding.scaled_tables ?? []).map((scaled) => text.short(scaled.table) + " scaled"),
    ...(binding.tables ?? []).map(text.short)]);
  const threads = Number(of?.threads ?? 1);
  return `${[...new Set(tables)].join(", ")} (${threads} ${threads === 1 ? "thread" : "threads"})`;
}

function family(name: string): string {
  return name.replace("PRIMITIVE_FAMILY_", "").toLowerCase().replaceAll("_", " ");
}

// Counts with separators, times to the minute.
function shownModel(head: string, cell: string): Node | string {
  if (head === "model") return digest(cell);
  if (["ReLUs", "multiply-adds", "parameters"].includes(head)) return text.whole(Number(cell));
  return head === "registered" && cell ? text.moment(Date.parse(cell) / 1000) : cell;
}

function shownTable(head: string, cell: string): Node | string {
  return head === "table" ? digest(cell) : cell;
}

export class SourcesView implements View {
  private sections: Section[] = [];

  constructor(_: Page) {}

  async show(root: HTMLElement): Promise<void> {
    const [models, deployments, networks, tables] = await Promise.all([
      listAll<Model>("Models/ListModels", "models"),
      listAll<Deployment>("Catalog/ListDeployments", "deployments"),
      listAll<Network & {name: string}>("Catalog/ListNetworks", "networks"),
      listAll<Record<string, unknown>>("Catalog/ListTables", "tables"),
    ]);
    const get = (row: Record<string, unknown>, key: string) => String(row[key] ?? "");
    const percent = (share: number | undefined) => share ? `${Number((100 * share).toPrecision(3))} %` : "";
    this.sections = [
      {title: "Models", head: ["name", "model", "ReLUs", "multiply-adds", "parameters", "nodes", "made by", "opset", "registered"],
       rows: models.map((m) => [m.display_name ?? "", m.name, m.totals?.relu_elements ?? "0", m.totals?.macs ?? "0",
                                m.totals?.parameters ?? "0", m.node_count ?? "0", m.notes?.producer ?? "", m.notes?.opset ?? "",
                                m.create_time ?? ""]), shown: shownModel},
      {title: "Deployments", head: ["deployment", "network", "client: tables", "server: tables"],
       rows: deployments.map((d) => [d.name, d.network?.name ?? "", machine(d.client), machine(d.server)])},
      {title: "Networks",
       head: ["network", "round trip", "client to server", "server to client", "spread of bandwidth", "windows after silence", "source"],
       rows: networks.map((n) => [n.name, text.seconds(n.round_trip_seconds ?? 0),
                                  text.count(n.client_to_server_bytes_per_second ?? 0, "B/s"),
                                  text.count(n.server_to_client_bytes_per_second ?? 0, "B/s"),
                                  percent(n.bandwidth_relative_stddev), n.restarts_after_idle ? "restart" : "are kept",
                                  n.source ?? ""]), wrapped: ["source"]},
      {title: "Calibration tables", head: ["table", "aliases", "title", "origin", "backend", "machine", "date", "source"],
       rows: tables.map((t) => [get(t, "name"), ((t.aliases ?? []) as string[]).map(text.short).join(", "), get(t, "title"),
                                family(get(t, "origin").replace("TABLE_ORIGIN_", "")), get(t, "backend") + " " + get(t, "backend_version"),
                                get(t, "machine"), get(t, "measure_date"), get(t, "source")]),
       wrapped: ["aliases", "title", "backend", "machine", "source"], shown: shownTable},
    ];
    root.append(h("h2", {}, "Where the numbers are from"));
    for (const {title, head, rows, wrapped, shown} of this.sections) {
      const cells = rows.map((row) => row.map((cell, i) => shown ? shown(head[i], cell) : cell));
      root.append(table(`${title}: ${rows.length}`, head, cells, title.split(" ")[0].toLowerCase(), wrapped));
    }
  }

  csv(): string {
    return this.sections.map((s) => text.csv([s.title, ...s.head.slice(1)], s.rows)).join("\r\n");
  }

  svg(): string {
    const colors = theme();
    const lines = this.sections.flatMap((s) => [s.title, ...s.rows.map((row) => "  " + row.filter(Boolean).join("  |  ")), ""]);
    return asSvg(1400, 24 + 18 * lines.length, (painter) => {
      lines.forEach((line, i) => painter.text(line, 12, 20 + 18 * i, {color: colors.text}));
    });
  }
}
