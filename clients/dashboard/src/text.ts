// Numbers for people.

const SI: [number, string][] = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2);
}

export function seconds(value: number): string {
  if (Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0 s";
  if (size < 1e-6) return digits(value * 1e9) + " ns";
  if (size < 1e-3) return digits(value * 1e6) + " µs";
  if (size < 1) return digits(value * 1e3) + " ms";
  if (size < 600) return digits(value) + " s";
  return size < 36000 ? digits(value / 60) + " min" : digits(value / 3600) + " h";
}

// "1 trial", "1,200 trials".
export function several(value: number, unit: string): string {
  return `${whole(value)} ${unit}${value === 1 ? "" : "s"}`;
}

export function years(value: number): string {
  if (value >= 2) return `${value.toFixed(1)} years`;
  return value > 0.25 ? several(Math.round(value * 12), "month") : several(Math.round(value * 365.25), "day");
}

// In UTC, to the minute.
export function moment(seconds: number): string {
  return Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC" : "–";
}

// 1,234,567
export function whole(value: number): string {
  return Number.isNaN(value) ? "–" : Math.round(value).toLocaleString("en-US");
}

export function count(value: number, unit = ""): string {
  if (Number.isNaN(value)) return "–";
  for (const [size, prefix] of SI) {
    if (Math.abs(value) >= size) return `${digits(value / size)} ${prefix}${unit}`.trim();
  }
  return `${Number.isInteger(value) ? value : Number(value.toPrecision(4))} ${unit}`.trim();
}

export function metric(name: string, value: number): string {
  if (name.endsWith("_seconds")) return seconds(value);
  if (name.endsWith("_bytes")) return count(value, "B");
  if (name === "relu_elements" || name.endsWith("_flights")) return count(value);
  return Number.isNaN(value) ? "–" : String(Number(value.toPrecision(6)));
}

const TITLES: Record<string, string> = {
  online_seconds: "predicted online latency", offline_seconds: "predicted offline latency",
  total_seconds: "predicted offline and online latency", online_bytes: "online bytes",
  offline_bytes: "offline bytes", total_bytes: "offline and online bytes", online_flights: "online flights",
  relu_elements: "ReLU elements", client_storage_bytes: "client storage",
};

export function title(name: string): string {
  return TITLES[name] ?? name;
}

// The last part of a resource name; models by eight digits.
export function short(name: string): string {
  const id = name.slice(name.lastIndexOf("/") + 1);
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 8) : id;
}

// RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe.
export function csv(head: string[], rows: (string | number)[][]): string {
  const cell = (value: string | number): string => {
    if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [head, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}
