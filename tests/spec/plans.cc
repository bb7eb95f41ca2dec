#include "tests/spec/plans.h"

#include <utility>

#include "estimator/count/op_counts.h"
#include "gtest/gtest.h"

namespace picost::spec {

primitives::PrimitiveCall Call(std::string_view id, const primitives::Parameters& parameters,
                               int64_t count) {
  auto call = primitives::MakeCall(id, parameters, count, primitives::Phase::kOnline,
                                   primitives::Executor::kJoint);
  EXPECT_TRUE(call.ok()) << call.status();
  return *std::move(call);
}

protocols::ProtocolPlan PlanOf(const std::string& protocol, const graph::Graph& graph,
                               const primitives::Parameters& parameters) {
  auto plan = protocols::Plan(protocol, graph, count::CountOps(graph), parameters);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

}  // namespace picost::spec
