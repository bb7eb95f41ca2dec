// A trial in a few lines, for whoever points at it.

import {call} from "./api";
import * as text from "./text";
import type {Trials} from "./trials";
import {causesTotal} from "./types";
import type {Group, TrialLayers} from "./types";

const NAMED = 3;

export function placeName(group: Group): string {
  return [group.model, group.protocol, group.deployment || "(own deployment)"].map(text.short).join(" · ");
}

export function tagsOf(trials: Trials, i: number): string[] {
  return trials.tagSets[trials.column("tag_set")[i]] ?? [];
}

// What the trial itself says, on its own link.
export function trialLines(trials: Trials, i: number): string[] {
  const phases = ["online", "offline", "setup"].map((p) => `${p} ${text.seconds(trials.column(p + ".latency_seconds")[i])}`);
  return [
    phases.join(", "),
    `${text.whole(trials.column("relu_elements")[i])} ReLUs, ${text.count(trials.column("total_bytes")[i], "B")}, ` +
        `${text.whole(trials.column("online_flights")[i])} flights online`,
    tagsOf(trials, i).join(", ") || "no tags",
    placeName(trials.groups[trials.column("group")[i]]),
  ];
}

// The slowest layers and where ReLUs are left, as the daemon estimates them.
export class LayerLines {
  private known = new Map<string, string[]>();

  async of(trial: string): Promise<string[]> {
    let lines = this.known.get(trial);
    if (lines === undefined) {
      lines = this.summarize(await call<TrialLayers>("Studies/GetTrialLayers", {name: trial}));
      this.known.set(trial, lines);
    }
    return lines;
  }

  private summarize(answer: TrialLayers): string[] {
    const layers = answer.layers ?? [];
    const lines = [];
    for (const phase of ["online", "offline"] as const) {
      const timed = layers.map((layer): [string, number] => [layer.node, causesTotal(layer[phase])])
                        .filter(([, seconds]) => seconds > 0).sort((a, b) => b[1] - a[1]);
      if (timed.length === 0) continue;
      lines.push(`slowest ${phase}: ` + timed.slice(0, NAMED).map(([node, s]) => `${node} ${text.seconds(s)}`).join(", "));
    }
    const kept = layers.map((layer): [string, number] => [layer.node, Number(layer.relu_elements ?? 0)])
                     .filter(([, relus]) => relus > 0).sort((a, b) => b[1] - a[1]);
    lines.push(`ReLUs in ${kept.length} layers` +
               (kept.length ? ": " + kept.slice(0, NAMED).map(([node, n]) => `${node} ${text.count(n)}`).join(", ") : "") +
               (kept.length > NAMED ? ", …" : ""));
    return lines;
  }
}
