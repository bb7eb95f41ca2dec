// What a link restores: the whole state of the page stands behind the '#'.

export type State = Record<string, string>;

export function readState(): State {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

export function linkTo(state: State): string {
  const entries = Object.entries(state).filter(([, value]) => value !== "");
  return "#" + new URLSearchParams(entries.sort(([a], [b]) => (a < b ? -1 : 1))).toString();
}

// Changes the address without a new entry of the history and without an event.
export function replaceState(state: State): void {
  history.replaceState(null, "", linkTo(state));
}
