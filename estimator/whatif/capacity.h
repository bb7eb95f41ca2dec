// How many inferences per second a client and a server sustain when the offline phase
// has to be made in time and stored (Garimella, Ghodsi, Jha, Garg, Reagen,
// "Characterizing and Optimizing End-to-End Systems for Private Inference",
// ASPLOS 2023: offline costs cannot be left out under a stream of requests).
#ifndef PICOST_ESTIMATOR_WHATIF_CAPACITY_H_
#define PICOST_ESTIMATOR_WHATIF_CAPACITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/base/units.h"
#include "estimator/cost/deployment.h"
#include "estimator/whatif/session.h"

namespace picost::whatif {

struct CapacityQuestion {
  double arrivals_per_second = 0;
  Bytes client_storage;  // that the client gives to offline material
};

// What one resource spends on one inference.
struct ResourceUse {
  std::string resource;  // "client compute", "uplink", ...
  double offline_seconds = 0;
  double online_seconds = 0;
  double utilization = 0;  // at the arrival rate
};

struct Capacity {
  double offline_seconds = 0;
  double online_seconds = 0;
  // Whole inferences whose offline material fits into the storage. Where a protocol
  // keeps nothing, the stock is not limited by storage and this is absent.
  std::optional<int64_t> stockpile;
  // Above it the queue grows without end.
  double sustainable_per_second = 0;
  double utilization = 0;  // of the pair of parties
  bool sustainable = false;
  // Mean wait before service (M/D/1): if the stock never runs out, and if every
  // inference has to make its own. The truth lies between; absent where the queue
  // grows without end.
  std::optional<double> wait_with_stock_seconds;
  std::optional<double> wait_without_stock_seconds;
  // Requests at once that are served from a full stock.
  int64_t burst = 0;
  std::vector<ResourceUse> resources;
  std::string saturates_first;
  // Of a bandwidth that both directions share: the part for the uplink that makes
  // transfers shortest, and the transfer seconds of an inference with it.
  double best_uplink_share = 0;
  double best_split_transfer_seconds = 0;
  double transfer_seconds = 0;
};

// kInvalidArgument for negative or not finite figures; kFailedPrecondition where
// seconds are missing.
absl::StatusOr<Capacity> EstimateCapacity(const EditTotals& totals,
                                          const cost::NetworkProfile& network,
                                          const CapacityQuestion& question);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_CAPACITY_H_
