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
    // The step whose number of ticks is nearest to six.
    const raw = (this.high - this.low) / 6;
    const power = 10 ** Math.floor(Math.log10(raw));
    const [step] = [1, 2, 5, 10].map((m) => m * power).sort((s, t) => Math.abs(raw / s - 1) - Math.abs(raw / t - 1));
    for (let i = Math.ceil(this.low / step); i * step <= this.high; ++i) ticks.push(i * step);
    return ticks;
  }
}

// "6.00 s" -> "6 s". Where three digits do not tell ticks apart, all that are needed.
function tickTexts(ticks: number[], format: (value: number) => string): string[] {
  const brief = ticks.map((tick) => format(tick).replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, ""));
  if (new Set(brief).size === brief.length) return brief;
  const unit = /[a-zA-Zµ/]+$/.exec(format(1))?.[0] ?? "";
  return ticks.map((tick) => `${Number(tick.toPrecision(7))} ${unit}`.trim());
}

export function drawAxes(painter: Painter, box: Box, x: Scale, y: Scale, colors: Theme, labels: {
  x: string; y: string; formatX: (v: number) => string; formatY: (v: number) => string;
}): void {
  const bottom = box.top + box.height;
  const across = x.ticks();
  // Labels need room: a narrow window drops every second one, or more.
  const texts = tickTexts(across, labels.formatX);
  const widest = Math.max(0, ...texts.map((text) => text.length)) * 6.5 + 8;
  const gap = across.length > 1 ? Math.abs(x.at(across[1]) - x.at(across[0])) : Infinity;
  const every = Math.max(1, Math.ceil(widest / gap));
  across.forEach((tick, i) => {
    painter.line(x.at(tick), box.top, x.at(tick), bottom, colors.grid);
    if (i % every === 0) painter.text(texts[i], x.at(tick), bottom + 14, {align: "center", color: colors.text, size: 11});
  });
  const up = y.ticks();
  tickTexts(up, labels.formatY).forEach((text, i) => {
    painter.line(box.left, y.at(up[i]), box.left + box.width, y.at(up[i]), colors.grid);
    painter.text(text, box.left - 6, y.at(up[i]), {align: "right", color: colors.text, size: 11});
  });
  painter.text(labels.x, box.left + box.width / 2, bottom + 34, {align: "center", color: colors.text});
  painter.text(labels.y, box.left - 70, box.top + box.height / 2, {align: "center", color: colors.text, turned: true});
}
