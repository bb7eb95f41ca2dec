// The trials of a study as columns of numbers.

import {call} from "./api";
import type {Columns, Group} from "./types";

const PAGE = 20000;
// More do not fit into a picture, nor into a browser's patience; the page says so.
export const MOST = 200000;

function decode(base64: string): Float64Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return new Float64Array(bytes.buffer);
}

export class Trials {
  count = 0;
  lastNumber = 0;
  groups: Group[] = [];
  tagSets: string[][] = [];
  private columns = new Map<string, Float64Array>();

  // NaN where a trial has none.
  column(name: string): Float64Array {
    let column = this.columns.get(name);
    if (column === undefined) {
      column = new Float64Array(this.count).fill(NaN);
      this.columns.set(name, column);
    }
    return column;
  }

  has(name: string): boolean {
    return this.columns.has(name);
  }

  names(prefix: string): string[] {
    return [...this.columns.keys()].filter((name) => name.startsWith(prefix)).sort();
  }

  // The next trials, or none.
  append(page: Columns): void {
    const rows = Number(page.row_count ?? 0);
    if (rows === 0) return;
    const groupAt = this.groups.length;
    const tagsAt = this.tagSets.length;
    this.groups.push(...(page.groups ?? []));
    this.tagSets.push(...(page.tag_sets ?? []).map((set) => set.tags ?? []));
    const total = this.count + rows;
    const fresh = new Map<string, Float64Array>();
    for (const [name, old] of this.columns) {
      const grown = new Float64Array(total).fill(NaN);
      grown.set(old);
      fresh.set(name, grown);
    }
    for (const column of page.columns ?? []) {
      let target = fresh.get(column.name);
      if (target === undefined) {
        target = new Float64Array(total).fill(NaN);
        fresh.set(column.name, target);
      }
      const values = decode(column.values);
      const shift = column.name === "group" ? groupAt : column.name === "tag_set" ? tagsAt : 0;
      for (let i = 0; i < rows; ++i) target[this.count + i] = values[values.length === 1 ? 0 : i] + shift;
    }
    this.columns = fresh;
    this.count = total;
    this.lastNumber = Number(page.last_number ?? 0);
  }

  // Whether anything new came.
  async update(study: string): Promise<boolean> {
    const before = this.count;
    while (this.count < MOST) {
      const page = await call<Columns>(
          "Studies/GetTrialColumns", {parent: study, after_number: String(this.lastNumber), row_count: PAGE});
      this.append(page);
      if (Number(page.row_count ?? 0) < PAGE) break;
    }
    return this.count > before;
  }
}
