// Where a protocol runs: the link, the two machines, their threads.
// A request must name or spell out a deployment: there is no silent default.
#ifndef PICOST_ESTIMATOR_COST_DEPLOYMENT_H_
#define PICOST_ESTIMATOR_COST_DEPLOYMENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "estimator/base/units.h"
#include "estimator/cost/cost_model.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// Bandwidths are goodput: payload bytes per second that TCP delivers.
struct NetworkProfile {
  std::string id;      // "lan", "wan", ...; empty for one spelled out in a request
  std::string source;  // paper or measurement the numbers are from
  double round_trip_seconds = 0;
  // What each flight takes beside half a round trip: the end systems' wake-ups,
  // as measured on latency-bound operations of this link.
  double flight_overhead_seconds = 0;
  double client_to_server_bytes_per_second = 0;
  double server_to_client_bytes_per_second = 0;
  // Relative standard deviations, as far as known; widen the intervals.
  double bandwidth_relative_stddev = 0;
  double round_trip_relative_stddev = 0;
};

// One party's machine: which fitted tables price each family of primitives.
// Several may cover one family for different backends (whole-protocol: cheetah
// and sci_he); the first that covers a call prices it.
struct Machine {
  std::map<primitives::Family, std::vector<std::shared_ptr<const CostModel>>> tables;
  int64_t threads = 1;
};

// kJoint primitives are priced by the client's table: their wall time holds both
// parties' turns as the client waits for them.
struct Deployment {
  std::string id;
  NetworkProfile network;
  Machine client;
  Machine server;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_DEPLOYMENT_H_
