// One way to draw, on a canvas and into an SVG file.
//
// Canvas, because ten thousand points move with a slider: as SVG or as a chart
// library's objects each of them would be a node of the document, and a frame would
// take most of a second. The file is written from the same calls.

export interface TextStyle {
  align?: "left" | "center" | "right";
  size?: number;
  turned?: boolean;  // read from below
  color: string;
}

export interface Painter {
  line(x1: number, y1: number, x2: number, y2: number, color: string, width?: number, dash?: number[]): void;
  path(points: number[], color: string, width?: number): void;
  area(corners: number[], color: string, alpha?: number): void;
  rect(x: number, y: number, width: number, height: number, color: string, alpha?: number): void;
  dot(x: number, y: number, radius: number, color: string, alpha: number, filled: boolean): void;
  text(text: string, x: number, y: number, style: TextStyle): void;
}

export class CanvasPainter implements Painter {
  private context: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement, width: number, height: number, ground: string) {
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
    this.context = canvas.getContext("2d", {alpha: false})!;
    this.context.scale(scale, scale);
    this.context.fillStyle = ground;
    this.context.fillRect(0, 0, width, height);
  }

  line(x1: number, y1: number, x2: number, y2: number, color: string, width = 1, dash: number[] = []): void {
    this.context.setLineDash(dash);
    this.path([x1, y1, x2, y2], color, width);
    this.context.setLineDash([]);
  }

  path(points: number[], color: string, width = 1): void {
    this.context.strokeStyle = color;
    this.context.lineWidth = width;
    this.context.beginPath();
    for (let i = 0; i < points.length; i += 2) this.context.lineTo(points[i], points[i + 1]);
    this.context.stroke();
  }

  area(corners: number[], color: string, alpha = 1): void {
    this.context.globalAlpha = alpha;
    this.context.fillStyle = color;
    this.context.beginPath();
    for (let i = 0; i < corners.length; i += 2) this.context.lineTo(corners[i], corners[i + 1]);
    this.context.fill();
    this.context.globalAlpha = 1;
  }

  rect(x: number, y: number, width: number, height: number, color: string, alpha = 1): void {
    this.context.globalAlpha = alpha;
    this.context.fillStyle = color;
    this.context.fillRect(x, y, width, height);
    this.context.globalAlpha = 1;
  }

  dot(x: number, y: number, radius: number, color: string, alpha: number, filled: boolean): void {
    const context = this.context;
    context.globalAlpha = alpha;
    if (filled && radius < 2.5) {
      // A square of three pixels looks the same and costs a fifth.
      context.fillStyle = color;
      context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    } else {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      if (filled) {
        context.fillStyle = color;
        context.fill();
      } else {
        context.strokeStyle = color;
        context.lineWidth = 1.5;
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    const context = this.context;
    context.save();
    context.translate(x, y);
    if (style.turned) context.rotate(-Math.PI / 2);
    context.fillStyle = style.color;
    context.font = `${style.size ?? 12}px system-ui, sans-serif`;
    context.textAlign = style.align ?? "left";
    context.textBaseline = "middle";
    context.fillText(text, 0, 0);
    context.restore();
  }
}

function escape(text: string): string {
  // Control characters are not allowed in XML at all.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd")
      .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export class SvgPainter implements Painter {
  private parts: string[] = [];

  constructor(private width: number, private height: number, ground: string) {
    this.rect(0, 0, width, height, ground);
  }

  line(x1: number, y1: number, x2: number, y2: number, color: string, width = 1, dash: number[] = []): void {
    const dashes = dash.length ? ` stroke-dasharray="${dash.join(" ")}"` : "";
    this.parts.push(`<path d="M${f(x1)} ${f(y1)}L${f(x2)} ${f(y2)}" stroke="${escape(color)}" ` +
                    `stroke-width="${width}" fill="none"${dashes}/>`);
  }

  path(points: number[], color: string, width = 1): void {
    this.parts.push(`<path d="${steps(points)}" stroke="${escape(color)}" stroke-width="${width}" fill="none"/>`);
  }

  area(corners: number[], color: string, alpha = 1): void {
    this.parts.push(`<path d="${steps(corners)}Z" fill="${escape(color)}" fill-opacity="${alpha}"/>`);
  }

  rect(x: number, y: number, width: number, height: number, color: string, alpha = 1): void {
    this.parts.push(`<rect x="${f(x)}" y="${f(y)}" width="${f(Math.max(0, width))}" ` +
                    `height="${f(Math.max(0, height))}" fill="${escape(color)}" fill-opacity="${alpha}"/>`);
  }

  dot(x: number, y: number, radius: number, color: string, alpha: number, filled: boolean): void {
    const paint = filled ? `fill="${escape(color)}"` : `fill="none" stroke="${escape(color)}"`;
    this.parts.push(`<circle cx="${f(x)}" cy="${f(y)}" r="${radius}" ${paint} opacity="${alpha}"/>`);
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    const anchor = {left: "start", center: "middle", right: "end"}[style.align ?? "left"];
    const turn = style.turned ? ` transform="rotate(-90 ${f(x)} ${f(y)})"` : "";
    this.parts.push(`<text x="${f(x)}" y="${f(y)}" font-size="${style.size ?? 12}" text-anchor="${anchor}" ` +
                    `dominant-baseline="central" fill="${escape(style.color)}"${turn}>${escape(text)}</text>`);
  }

  finish(): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" ` +
        `viewBox="0 0 ${this.width} ${this.height}" font-family="system-ui, sans-serif">` +
        this.parts.join("\n") + "</svg>\n";
  }
}

function steps(points: number[]): string {
  const parts = [];
  for (let i = 0; i < points.length; i += 2) parts.push(`${i ? "L" : "M"}${f(points[i])} ${f(points[i + 1])}`);
  return parts.join("");
}

function f(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : "0";
}
