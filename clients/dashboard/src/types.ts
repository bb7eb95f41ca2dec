// The parts of picost.v1 that the page reads. 64-bit integers are strings in JSON.

export interface Network {
  name?: string;
  source?: string;
  round_trip_seconds?: number;
  client_to_server_bytes_per_second?: number;
  server_to_client_bytes_per_second?: number;
  bandwidth_relative_stddev?: number;
  round_trip_relative_stddev?: number;
  flight_overhead_seconds?: number;
  restarts_after_idle?: boolean;
}

export interface Group {
  model: string;
  protocol: string;
  deployment?: string;
  network: Network;
}

export interface Objective {
  metric: string;
  goal: string;
  reference?: number;
}

export interface Study {
  name: string;
  display_name?: string;
  create_time?: string;
  models?: string[];
  deployments?: string[];
  objectives: Objective[];
  budgets?: Record<string, string | number>[];
  trial_count?: string;
}

export interface Columns {
  row_count?: string;
  last_number?: string;
  columns?: {name: string; values: string}[];
  groups?: Group[];
  tag_sets?: {tags?: string[]}[];
}

export interface Causes {
  homomorphic_seconds?: number;
  garbling_and_transfers_seconds?: number;
  other_compute_seconds?: number;
  transfer_seconds?: number;
  flight_seconds?: number;
  incomplete?: boolean;
}

// In the order of the picture, each with its name and an own colour of the palette.
export const CAUSES: [keyof Omit<Causes, "incomplete">, string][] = [
  ["homomorphic_seconds", "HE"],
  ["garbling_and_transfers_seconds", "GC/OT"],
  ["other_compute_seconds", "shares, clear"],
  ["transfer_seconds", "transfer"],
  ["flight_seconds", "flights"],
];

export function causesTotal(causes: Causes | undefined): number {
  return CAUSES.reduce((sum, [cause]) => sum + (causes?.[cause] ?? 0), 0);
}

export interface TrialLayers {
  name: string;
  layers: {node: string; kind: string; relu_elements?: string; setup?: Causes; offline?: Causes; online?: Causes}[];
  bottleneck?: string;
  reproduced?: boolean;
  provenance?: Provenance;
}

export interface Provenance {
  model?: string;
  protocol?: string;
  protocol_version?: string;
  fit_version?: string;
  tables?: {table: string; title?: string; origin?: string; backend_version?: string; family?: string; party?: string}[];
  deployment?: string;
  network?: string;
}

export interface Trial {
  name: string;
  model: string;
  protocol: {protocol: string; parameters?: Record<string, string>};
  deployment: object;
  operations?: object[];
  metrics?: {metric: string; value?: number}[];
  tags?: string[];
  parent_trial?: string;
}

export const PHASES = ["setup", "offline", "online"] as const;
export type Phase = (typeof PHASES)[number];
