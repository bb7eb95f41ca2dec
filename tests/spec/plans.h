// Calls and plans in tests: a failure where there is none.
#ifndef PICOST_TESTS_SPEC_PLANS_H_
#define PICOST_TESTS_SPEC_PLANS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "estimator/graph/graph.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"

namespace picost::spec {

// Online, by both parties: what traffic does not depend on.
primitives::PrimitiveCall Call(std::string_view id, const primitives::Parameters& parameters,
                               int64_t count);

protocols::ProtocolPlan PlanOf(const std::string& protocol, const graph::Graph& graph,
                               const primitives::Parameters& parameters = {});

}  // namespace picost::spec

#endif  // PICOST_TESTS_SPEC_PLANS_H_
