// Elements from data. Text is always a text node: what comes from models and trials can
// never become markup.

type Child = Node | string | null;
type Attributes = Record<string, string | number | boolean | EventListener>;

export function h<K extends keyof HTMLElementTagNameMap>(
    tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (typeof value === "boolean") {
      if (value) element.setAttribute(name, "");
    } else {
      element.setAttribute(name, String(value));
    }
  }
  for (const child of children) {
    if (child !== null) element.append(child);
  }
  return element;
}

// A labelled choice. options: [value, text].
export function choice(label: string, id: string, value: string, options: [string, string][],
                       change: (value: string) => void): HTMLElement {
  const select: HTMLSelectElement = h("select", {id, change: () => change(select.value)},
                   ...options.map(([v, text]) => h("option", {value: v}, text)));
  select.value = value;
  return h("label", {for: id}, label + " ", select);
}

export function checkbox(label: string, id: string, value: boolean, change: (value: boolean) => void): HTMLElement {
  const box: HTMLInputElement = h("input", {type: "checkbox", id, change: () => change(box.checked)});
  box.checked = value;
  return h("label", {for: id}, box, " " + label);
}

// Of a digest the beginning is seen; all of it is there to copy, and shown to whoever
// points at it.
export function digest(name: string): HTMLElement {
  return h("span", {class: "digest", title: name}, name);
}

export function table(caption: string, head: string[], rows: Child[][], id = "", wrapped: string[] = []): HTMLElement {
  return h("div", {class: "scroll", tabindex: 0, role: "region", "aria-label": caption},
           h("table", id ? {id} : {}, h("caption", {}, caption),
             h("thead", {}, h("tr", {}, ...head.map((text) => h("th", {scope: "col"}, text)))),
             h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map(
                 (cell, i) => h("td", wrapped.includes(head[i]) ? {class: "wrap"} : {}, cell)))))));
}

// A coloured square with its name.
export function swatch(name: string, color: string): HTMLElement {
  const mark = h("span", {class: "swatch"});
  mark.style.backgroundColor = color;
  return h("span", {class: "entry"}, mark, " " + name);
}

export function say(text: string): void {
  const status = document.getElementById("status");
  if (status !== null && status.textContent !== text) status.textContent = text;
}
