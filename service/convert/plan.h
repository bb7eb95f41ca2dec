// Plans -> wire.
#ifndef PICOST_SERVICE_CONVERT_PLAN_H_
#define PICOST_SERVICE_CONVERT_PLAN_H_

#include "absl/status/statusor.h"
#include "estimator/count/op_counts.h"
#include "estimator/protocols/protocol.h"
#include "estimator/whatif/rewrites/rewrite_steps.h"
#include "proto/picost/v1/estimate.pb.h"
#include "proto/picost/v1/oracle.pb.h"
#include "service/convert/graph.h"

namespace picost::service {

void ToProto(const LoadedGraph& graph, const protocols::ProtocolPlan& from, v1::EstimateView view,
             v1::ProtocolPlan& to);

// Of a plan, or the reason why there is none.
void ToProto(const count::OpCounts& counts, const absl::StatusOr<protocols::ProtocolPlan>& from,
             v1::PlanTotals& to);

// steps: the network as it was given, then one for each rewrite.
void ToProto(const std::vector<whatif::RewriteStep>& steps, v1::ProtocolPlan& to);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_PLAN_H_
