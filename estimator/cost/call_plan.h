// What composition needs to know of a plan: calls by layer, and whom they are
// for. The facade makes it from a ProtocolPlan; cost never sees protocols.
#ifndef PICOST_ESTIMATOR_COST_CALL_PLAN_H_
#define PICOST_ESTIMATOR_COST_CALL_PLAN_H_

#include <string>
#include <vector>

#include "estimator/base/units.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

struct LayerCalls {
  std::string node;
  std::string kind;
  std::vector<primitives::PrimitiveCall> calls;
  int64_t relu_elements = 0;  // for the marginal cost of one
  bool local = false;
  std::string note;
};

struct CallPlan {
  std::string protocol_id;
  std::string protocol_version;
  primitives::Parameters protocol_parameters;
  std::string graph_fingerprint;
  std::vector<primitives::PrimitiveCall> setup_calls;
  std::vector<LayerCalls> layers;
  Bytes client_storage;
  Bytes server_storage;
  std::vector<primitives::MemoryItem> memory;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_CALL_PLAN_H_
