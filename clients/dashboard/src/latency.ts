// The latency of every trial on another link.
//
// Work, bytes and flights do not depend on the link, so the daemon sends them once and
// the rest is arithmetic (studies.proto, PhaseLinkTerms; estimator/study/link_latency.cc
// is the same in C++).

import {coldStart, restart} from "./slow_start";
import type {Trials} from "./trials";
import type {Network, Phase} from "./types";

export interface Link {
  roundTripSeconds: number;
  upBytesPerSecond: number;
  downBytesPerSecond: number;
  // What the link is like otherwise: wake-ups, spreads, windows. Nothing: as each
  // trial's own.
  like: Network | null;
}

export interface Spread {
  p50: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

// 95 % quantile of the standard normal distribution: both tails of 90 %.
const QUANTILE = 1.6448536269514722;

// Calls after whose work the windows may have shrunk, and what they wait for then.
class Restarts {
  private idle: Float64Array;
  private up: Float64Array;
  private down: Float64Array;
  private calls: Float64Array;
  private known = NaN;  // of the last trial, which the next one mostly equals
  private at = -1;

  constructor(column: (name: string) => Float64Array, i: number, private link: Link) {
    this.idle = column(`restart${i}.idle_seconds`);
    this.up = column(`restart${i}.client_to_server_bytes`);
    this.down = column(`restart${i}.server_to_client_bytes`);
    this.calls = column(`restart${i}.call_count`);
  }

  seconds(i: number): number {
    const {idle, up, down, calls, at, link} = this;
    if (Number.isNaN(idle[i])) return 0;
    if (at < 0 || idle[i] !== idle[at] || up[i] !== up[at] || down[i] !== down[at]) {
      this.known = restart(up[i], idle[i], link.upBytesPerSecond, link.roundTripSeconds) +
          restart(down[i], idle[i], link.downBytesPerSecond, link.roundTripSeconds);
      this.at = i;
    }
    return calls[i] * this.known;
  }
}

export function phaseLatency(trials: Trials, phase: Phase, link: Link): Spread {
  const n = trials.count;
  const spread = {p50: new Float64Array(n), low: new Float64Array(n), high: new Float64Array(n)};
  const column = (name: string) => trials.column(phase + "." + name);
  const compute = column("compute_seconds");
  const half = column("compute_half_width_seconds");
  const halfBelow = column("compute_half_width_below_seconds");
  const linkHalf = column("link_half_width_seconds");
  const linkHalfBelow = column("link_half_width_below_seconds");
  const duplexUp = column("duplex_client_to_server_bytes");
  const duplexDown = column("duplex_server_to_client_bytes");
  const flights = column("critical_flights");
  const up = column("client_to_server_bytes");
  const down = column("server_to_client_bytes");
  const group = trials.column("group");
  const overlaps = [];
  for (let i = 0; trials.has(`${phase}.overlap${i}.work_seconds`); ++i) {
    overlaps.push({
      share: column(`overlap${i}.overlap_share`),
      work: column(`overlap${i}.work_seconds`),
      up: column(`overlap${i}.client_to_server_bytes`),
      down: column(`overlap${i}.server_to_client_bytes`),
    });
  }
  const restarts: Restarts[] = [];
  for (let i = 0; trials.has(`${phase}.restart${i}.idle_seconds`); ++i) restarts.push(new Restarts(column, i, link));
  for (let i = 0; i < n; ++i) {
    const network = link.like ?? trials.groups[group[i]].network;
    const transfer = up[i] / link.upBytesPerSecond + down[i] / link.downBytesPerSecond -
        Math.min(duplexUp[i] / link.upBytesPerSecond, duplexDown[i] / link.downBytesPerSecond);
    let waiting = flights[i] * (link.roundTripSeconds / 2 + (network.flight_overhead_seconds ?? 0));
    if (network.restarts_after_idle) {
      for (const one of restarts) waiting += one.seconds(i);
    }
    if (network.restarts_after_idle || phase === "setup") {
      waiting += coldStart(up[i], link.upBytesPerSecond, link.roundTripSeconds) +
          coldStart(down[i], link.downBytesPerSecond, link.roundTripSeconds);
    }
    let onLink = transfer + waiting;
    for (const term of overlaps) {
      if (Number.isNaN(term.work[i])) continue;
      const hidden = term.up[i] / link.upBytesPerSecond + term.down[i] / link.downBytesPerSecond;
      onLink -= term.share[i] * Math.min(term.work[i], hidden);
    }
    const seconds = compute[i] + onLink;
    const linkDecides = onLink > 0.5 * seconds;
    const unsure = Math.hypot(
        QUANTILE * transfer * (network.bandwidth_relative_stddev ?? 0),
        QUANTILE * waiting * (network.round_trip_relative_stddev ?? 0));
    const above = Math.hypot(linkDecides ? linkHalf[i] : half[i], unsure);
    const below = Math.hypot(linkDecides ? linkHalfBelow[i] : halfBelow[i], unsure);
    spread.p50[i] = seconds;
    spread.high[i] = seconds + above;
    spread.low[i] = seconds > 0 ? seconds / (1 + below / seconds) : seconds;
  }
  return spread;
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]);
}

// Of a metric "online_seconds", "offline_seconds" or "total_seconds". Without a link: as
// the daemon answered. Ends of a total are the sums of the phases' ends, which share
// their fits.
export function latency(trials: Trials, metric: string, link: Link | null): Spread {
  const of = (phase: Phase): Spread => link !== null ? phaseLatency(trials, phase, link) : {
    p50: trials.column(phase + ".latency_seconds"),
    low: trials.column(`low.${phase}_seconds`),
    high: trials.column(`high.${phase}_seconds`),
  };
  if (metric !== "total_seconds") return of(metric.replace("_seconds", "") as Phase);
  const a = of("offline");
  const b = of("online");
  return {p50: sum(a.p50, b.p50), low: sum(a.low, b.low), high: sum(a.high, b.high)};
}
