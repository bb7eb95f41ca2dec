// What a plan costs under a deployment.
#ifndef PICOST_ESTIMATOR_COST_ESTIMATE_H_
#define PICOST_ESTIMATOR_COST_ESTIMATE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "estimator/base/interval.h"
#include "estimator/base/units.h"
#include "estimator/cost/calibration_table.h"
#include "estimator/cost/uncertainty.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// One fit's work that hides a part of its own transfer: overlap.h.
struct OverlapTerm {
  double share = 0;
  double work_seconds = 0;
  primitives::Traffic traffic;
};

// A call whose work is so long that connections may shrink their windows meanwhile:
// on links that restart after idling its bytes begin slowly (RestartSeconds).
struct RestartTerm {
  double idle_seconds = 0;
  primitives::Traffic traffic;
};

// Cost of one phase, of a network or of one layer. Traffic is always there;
// seconds are absent where a primitive has no table (Estimate::missing).
struct PhaseCost {
  primitives::Traffic traffic;
  // Largest relative bound of the traffic forms used; 0: exact.
  double traffic_relative_bound = 0;
  // Work of the processors, transfer of the bytes, waiting for flights.
  std::optional<Interval> client_compute_seconds;
  std::optional<Interval> server_compute_seconds;
  std::optional<Interval> joint_compute_seconds;
  double transfer_seconds = 0;
  double flight_seconds = 0;
  // Transfer that runs while a processor works; not in the latency twice.
  double overlapped_seconds = 0;
  // Waiting while TCP windows grow; in the latency.
  double slow_start_seconds = 0;
  std::optional<Interval> latency_seconds;
  // What the latency on another link follows from (estimator/study/link_latency.h).
  Flights critical_flights;            // those that are waited for
  primitives::Traffic duplex_traffic;  // part of traffic: both directions at once
  // Of the interval that work alone has: where most of the time is the processors', and
  // where it is the link's.
  HalfWidths compute_half_widths_seconds;
  HalfWidths link_half_widths_seconds;
  std::vector<OverlapTerm> overlaps = {};  // in a fixed order
  // In the order of the calls, whatever the link at hand does. Sessions fill it when
  // they are asked to (EditSession::EvaluateForLinks).
  std::vector<RestartTerm> restarts = {};
};

// One group of calls of a layer or of the set-up, priced.
struct CallCost {
  std::string primitive;
  primitives::Parameters parameters;
  int64_t count = 0;
  primitives::Phase phase = primitives::Phase::kOnline;
  primitives::Executor executor = primitives::Executor::kJoint;
  primitives::FormStatus traffic_status = primitives::FormStatus::kDerived;
  primitives::Traffic traffic;
  Flights critical_flights;       // those that are waited for
  std::optional<double> seconds;  // compute, point estimate
  bool extrapolated = false;      // outside what the table measured
};

// Of one ReLU element of a layer, by phase (index: Phase).
struct MarginalCost {
  std::array<double, primitives::kPhaseCount> seconds_per_relu = {};
  // What stays while the layer has any ReLU, and goes with the last one.
  std::array<double, primitives::kPhaseCount> step_seconds = {};
};

struct LayerEstimate {
  std::string node;  // name in the caller's file
  std::string kind;
  std::array<PhaseCost, primitives::kPhaseCount> phases;  // index: Phase
  std::vector<CallCost> calls;
  std::optional<MarginalCost> marginal;  // where the layer has ReLUs, all priced
  bool extrapolated = false;
  bool local = false;
  std::string note;
};

// A primitive that no table of the deployment covers, and what asks for it.
struct MissingPrimitive {
  std::string primitive;
  primitives::Parameters parameters;  // those that a table must match
  primitives::Family family = primitives::Family::kWholeProtocol;
  primitives::Executor executor = primitives::Executor::kJoint;
  primitives::Phase phase = primitives::Phase::kOnline;
};

struct TableUse {
  std::string table_id;
  std::string title;
  Origin origin = Origin::kMeasured;
  std::string backend_version;
  primitives::Family family = primitives::Family::kWholeProtocol;
  std::string party;        // "client", "server"
  std::string scaled_from;  // id; empty: measured as it is
};

// Everything that the numbers depend on: the same provenance, the same bytes.
struct Provenance {
  std::string graph_fingerprint;
  std::string protocol_id;
  std::string protocol_version;
  primitives::Parameters protocol_parameters;
  std::string fit_version;
  std::vector<TableUse> tables;
  std::string deployment_id;
  std::string network_id;
  double round_trip_seconds = 0;
  double flight_overhead_seconds = 0;
  bool restarts_after_idle = false;
  double client_to_server_bytes_per_second = 0;
  double server_to_client_bytes_per_second = 0;
};

struct Estimate {
  std::array<PhaseCost, primitives::kPhaseCount> phases;  // totals; index: Phase
  std::vector<LayerEstimate> layers;
  std::vector<CallCost> setup_calls;
  Bytes client_storage;
  Bytes server_storage;
  std::vector<primitives::MemoryItem> memory;  // as the plan has it
  std::vector<MissingPrimitive> missing;
  bool extrapolated = false;
  std::string bottleneck;  // one sentence
  Provenance provenance;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_ESTIMATE_H_
