// What every view has.

import {CanvasPainter, SvgPainter} from "./painter";
import type {Painter} from "./painter";
import {theme} from "./palette";
import type {State} from "./state";
import type {Trials} from "./trials";
import type {Study} from "./types";

export interface Page {
  study: Study | null;  // null: there is none yet
  trials: Trials;
  state: State;
  set(changes: State): void;  // keeps it in the link, without drawing the view anew
  go(changes: State): void;   // follows the link that this makes
}

export interface View {
  show(root: HTMLElement): void | Promise<void>;
  csv(): string;
  svg(): string;
  // New trials came.
  refresh?(): void;
  // The window or the theme changed.
  redraw?(): void;
}

// Draws on the canvas in its parent's width.
export function onCanvas(canvas: HTMLCanvasElement, height: number,
                         draw: (painter: Painter, width: number, height: number) => void): void {
  const width = Math.max(320, canvas.parentElement?.clientWidth ?? 900);
  draw(new CanvasPainter(canvas, width, height, theme().ground), width, height);
}

// What a colour stands for.
export type Meaning = [string, string];

// A file has to explain its colours itself: rows of them below the picture.
export function asSvg(width: number, height: number,
                      draw: (painter: Painter, width: number, height: number) => void, legend: Meaning[] = []): string {
  const left = 24;
  const places: [number, number][] = [];
  let [x, row] = [left, 0];
  for (const [name] of legend) {
    const wide = 34 + 7 * name.length;
    if (x > left && x + wide > width) [x, row] = [left, row + 1];
    places.push([x, height + 10 + 20 * row]);
    x += wide;
  }
  const colors = theme();
  const painter = new SvgPainter(width, height + (legend.length > 0 ? 30 + 20 * row : 0), colors.ground);
  draw(painter, width, height);
  legend.forEach(([name, color], i) => {
    const [at, middle] = places[i];
    painter.rect(at, middle - 6, 12, 12, color);
    painter.text(name, at + 18, middle, {color: colors.text});
  });
  return painter.finish();
}

export function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], {type}));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
