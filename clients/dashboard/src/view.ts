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

export function asSvg(width: number, height: number,
                      draw: (painter: Painter, width: number, height: number) => void): string {
  const painter = new SvgPainter(width, height, theme().ground);
  draw(painter, width, height);
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
