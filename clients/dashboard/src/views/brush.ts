// A rectangle of a chart, in the metrics' own units: dragged, typed, and kept in the link.

import {h} from "../dom";
import type {Page} from "../view";

const NAMES = ["cost from", "to", "quality from", "to"];

export class Brush {
  private fields: HTMLInputElement[] = [];

  constructor(private page: Page, private changed: () => void) {}

  // x0, x1, y0, y1.
  get bounds(): [number, number, number, number] | null {
    const parts = (this.page.state.brush ?? "").split(",").map(Number);
    return parts.length === 4 && parts.every(Number.isFinite) ? parts as [number, number, number, number] : null;
  }

  holds(x: number, y: number): boolean {
    const bounds = this.bounds;
    return bounds !== null && x >= bounds[0] && x <= bounds[1] && y >= bounds[2] && y <= bounds[3];
  }

  set(bounds: number[]): void {
    this.page.set({brush: bounds.join(",")});
    this.fields.forEach((field, i) => { field.value = String(bounds[i] ?? ""); });
    this.changed();
  }

  clear(): void {
    this.set([]);
  }

  controls(): HTMLElement {
    const bounds = this.bounds;
    this.fields = NAMES.map((name, i) => h("input", {
      type: "number", step: "any", id: "brush" + i, "aria-label": `brush: ${i < 2 ? "cost" : "quality"} ${i % 2 ? "to" : "from"}`,
      value: bounds?.[i] ?? "",
      change: () => {
        const values = this.fields.map((field) => field.value);
        this.page.set({brush: values.every((value) => value !== "") ? values.join(",") : ""});
        this.changed();
      },
    }));
    return h("fieldset", {class: "controls"}, h("legend", {}, "Brush: drag in the chart, or type"),
             ...NAMES.map((name, i) => h("label", {}, name + " ", this.fields[i])),
             h("button", {type: "button", id: "clear-brush", click: () => this.clear()}, "Clear"));
  }
}
