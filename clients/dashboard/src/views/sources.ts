// Models, deployments, networks and tables, with where they are from.

import {listAll} from "../api";
import {h, table} from "../dom";
import {theme} from "../palette";
import * as text from "../text";
import type {Network} from "../types";
import {asSvg} from "../view";
import type {Page, View} from "../view";

interface Section {
  title: string;
  head: string[];
  rows: string[][];
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
  return `${[...new Set(tables)].join(", ")} (${of?.threads ?? 1} threads)`;
}

function family(name: string): string {
  return name.replace("PRIMITIVE_FAMILY_", "").toLowerCase().replaceAll("_", " ");
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
    this.sections = [
      {title: "Models", head: ["name", "model", "ReLUs", "multiply-adds", "parameters", "nodes", "made by", "opset", "registered"],
       rows: models.map((m) => [m.display_name ?? "", m.name, m.totals?.relu_elements ?? "0", m.totals?.macs ?? "0",
                                m.totals?.parameters ?? "0", m.node_count ?? "0", m.notes?.producer ?? "", m.notes?.opset ?? "",
                                m.create_time ?? ""])},
      {title: "Deployments", head: ["deployment", "network", "client", "server"],
       rows: deployments.map((d) => [d.name, d.network?.name ?? "", machine(d.client), machine(d.server)])},
      {title: "Networks", head: ["network", "round trip", "client to server", "server to client", "source"],
       rows: networks.map((n) => [n.name, text.seconds(n.round_trip_seconds ?? 0),
                                  text.count(n.client_to_server_bytes_per_second ?? 0, "B/s"),
                                  text.count(n.server_to_client_bytes_per_second ?? 0, "B/s"), n.source ?? ""])},
      {title: "Calibration tables", head: ["table", "aliases", "title", "origin", "backend", "machine", "date", "source"],
       rows: tables.map((t) => [get(t, "name"), ((t.aliases ?? []) as string[]).join(", "), get(t, "title"),
                                family(get(t, "origin").replace("TABLE_ORIGIN_", "")), get(t, "backend") + " " + get(t, "backend_version"),
                                get(t, "machine"), get(t, "measure_date"), get(t, "source")])},
    ];
    root.append(h("h2", {}, "Where the numbers are from"));
    for (const section of this.sections) {
      root.append(table(`${section.title}: ${section.rows.length}`, section.head, section.rows,
                        section.title.split(" ")[0].toLowerCase()));
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
