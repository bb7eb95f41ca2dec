#include "estimator/protocols/protocol.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::protocols {
namespace {

absl::StatusOr<primitives::Parameters> Resolve(const ProtocolInfo& info,
                                               const primitives::Parameters& requested) {
  primitives::Parameters resolved;
  for (const ProtocolParameter& parameter : info.parameters) {
    const int64_t value = requested.GetOr(parameter.name, parameter.default_value);
    if (value < parameter.minimum || value > parameter.maximum) {
      return MakeError(
          absl::StatusCode::kInvalidArgument,
          absl::StrCat("protocol ", info.id, ": ", parameter.name, " = ", value, " is outside [",
                       parameter.minimum, ", ", parameter.maximum, "]"),
          {.field = absl::StrCat("protocol.parameters.", parameter.name),
           .mend = absl::StrCat("Choose a value inside the limits; the default is ",
                                parameter.default_value)});
    }
    resolved.Set(parameter.name, value);
  }
  for (const auto& [name, value] : requested.values()) {
    if (resolved.Has(name)) continue;
    std::string known;
    for (const ProtocolParameter& parameter : info.parameters) {
      absl::StrAppend(&known, known.empty() ? "" : ", ", parameter.name);
    }
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("protocol ", info.id, " has no parameter ", name),
                     {.field = absl::StrCat("protocol.parameters.", name),
                      .mend = known.empty() ? "Remove it: the protocol has none"
                                            : absl::StrCat("Use one of: ", known)});
  }
  return resolved;
}

// Totals are plain sums everywhere below; here is where they are known to fit.
absl::Status CheckTotals(const ProtocolPlan& plan) {
  constexpr int64_t kLimit = int64_t{1} << 60;
  std::optional<int64_t> total = 0;
  const auto add = [&total](const primitives::PrimitiveCall& call) {
    for (int64_t term : {call.traffic.client_to_server.value(),
                         call.traffic.server_to_client.value(), call.traffic.flights.value()}) {
      if (total) total = CheckedAdd(*total, term);
    }
    for (int64_t items : call.usage) {
      if (total) total = CheckedAdd(*total, items);
    }
  };
  for (const primitives::PrimitiveCall& call : plan.setup_calls) add(call);
  for (const LayerPlan& layer : plan.layers) {
    for (const primitives::PrimitiveCall& call : layer.calls) add(call);
  }
  if (total && *total <= kLimit) return absl::OkStatus();
  return MakeError(absl::StatusCode::kResourceExhausted,
                   "the plan as a whole exceeds 2^60 bytes or work items",
                   {.mend = "Use a smaller model"});
}

template <typename Visit>
void ForEachCall(const ProtocolPlan& plan, primitives::Phase phase, const Visit& visit) {
  for (const primitives::PrimitiveCall& call : plan.setup_calls) {
    if (call.phase == phase) visit(call);
  }
  for (const LayerPlan& layer : plan.layers) {
    for (const primitives::PrimitiveCall& call : layer.calls) {
      if (call.phase == phase) visit(call);
    }
  }
}

}  // namespace

primitives::Traffic ProtocolPlan::TotalTraffic(primitives::Phase phase) const {
  primitives::Traffic total;
  ForEachCall(*this, phase, [&](const primitives::PrimitiveCall& call) { total += call.traffic; });
  return total;
}

primitives::Operations ProtocolPlan::TotalOperations(primitives::Phase phase) const {
  primitives::Operations total;
  ForEachCall(*this, phase, [&](const primitives::PrimitiveCall& call) {
    total += primitives::OperationsOf(call);
  });
  return total;
}

const Protocol* FindProtocol(std::string_view id) {
  for (const Protocol* protocol : AllProtocols()) {
    if (protocol->info().id == id) return protocol;
  }
  return nullptr;
}

absl::StatusOr<ProtocolPlan> Plan(std::string_view protocol_id, const graph::Graph& graph,
                                  const count::OpCounts& counts,
                                  const primitives::Parameters& requested) {
  const Protocol* protocol = FindProtocol(protocol_id);
  if (protocol == nullptr) {
    std::string known;
    for (const Protocol* candidate : AllProtocols()) {
      absl::StrAppend(&known, known.empty() ? "" : ", ", candidate->info().id);
    }
    return MakeError(absl::StatusCode::kNotFound,
                     absl::StrCat("no protocol is called \"", std::string(protocol_id), "\""),
                     {.field = "protocol.protocol", .mend = absl::StrCat("Use one of: ", known)});
  }
  PICOST_ASSIGN_OR_RETURN(const primitives::Parameters parameters,
                          Resolve(protocol->info(), requested));
  PICOST_ASSIGN_OR_RETURN(ProtocolPlan plan, protocol->PlanGraph({graph, counts, parameters}));
  plan.protocol_id = protocol->info().id;
  plan.protocol_version = protocol->info().version;
  plan.parameters = parameters;
  plan.graph_fingerprint = graph.fingerprint();
  PICOST_RETURN_IF_ERROR(CheckTotals(plan));
  return plan;
}

}  // namespace picost::protocols
