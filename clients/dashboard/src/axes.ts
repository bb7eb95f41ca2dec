// Scales from numbers to pixels, with ticks.

import type {Painter} from "./painter";
import type {Theme} from "./palette";

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export class Scale {
  private readonly a: number;
  private readonly b: number;

  constructor(readonly low: number, readonly high: number, private from: number, private to: number,
              readonly log: boolean) {
    this.a = log ? Math.log10(low) : low;
    this.b = log ? Math.log10(high) : high;
  }

  // Around the finite values; logarithmic ones need values above 0.
  static around(values: Iterable<number>, from: number, to: number, log: boolean, include: number[] = []): Scale {
    let low = Infinity;
    let high = -Infinity;
    const take = (value: number) => {
      if (!Number.isFinite(value) || (log && value <= 0)) return;
      low = Math.min(low, value);
      high = Math.max(high, value);
    };
    for (const value of values) take(value);
    for (const value of include) take(value);
    if (low > high) [low, high] = log ? [1, 10] : [0, 1];
    if (log) {
      const room = Math.max(1.02, (high / low) ** 0.04);
      return new Scale(low / room, high * room, from, to, true);
    }
    const room = (high - low) * 0.04 || Math.abs(high) * 0.05 || 1;
    return new Scale(low - room, high + room, from, to, false);
  }

  at(value: number): number {
    const v = this.log ? Math.log10(value) : value;
    return this.from + (v - this.a) / (this.b - this.a) * (this.to - this.from);
  }

  value(pixel: number): number {
    const v = this.a + (pixel - this.from) / (this.to - this.from) * (this.b - this.a);
    return this.log ? 10 ** v : v;
  }

  ticks(): number[] {
    const ticks: number[] = [];
    if (this.log && this.high / this.low > 8) {
      for (let e = Math.floor(this.a); e <= this.b; ++e) {
        for (const m of this.high / this.low > 1000 ? [1] : [1, 2, 5]) {
          const tick = m * 10 ** e;
          if (tick >= this.low && tick <= this.high) ticks.push(tick);
        }
      }
      return ticks;
    }
    const raw = (this.high - this.low) / 6;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw)!;
    for (let i = Math.ceil(this.low / step); i * step <= this.high; ++i) ticks.push(i * step);
    return ticks;
  }
}

export function drawAxes(painter: Painter, box: Box, x: Scale, y: Scale, colors: Theme, labels: {
  x: string; y: string; formatX: (v: number) => string; formatY: (v: number) => string;
}): void {
  const bottom = box.top + box.height;
  for (const tick of x.ticks()) {
    painter.line(x.at(tick), box.top, x.at(tick), bottom, colors.grid);
    painter.text(labels.formatX(tick), x.at(tick), bottom + 14, {align: "center", color: colors.text, size: 11});
  }
  for (const tick of y.ticks()) {
    painter.line(box.left, y.at(tick), box.left + box.width, y.at(tick), colors.grid);
    painter.text(labels.formatY(tick), box.left - 6, y.at(tick), {align: "right", color: colors.text, size: 11});
  }
  painter.text(labels.x, box.left + box.width / 2, bottom + 34, {align: "center", color: colors.text});
  painter.text(labels.y, box.left - 58, box.top + box.height / 2, {align: "center", color: colors.text, turned: true});
}
