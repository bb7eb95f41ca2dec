#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/primitives/catalog.h"
#include "estimator/primitives/primitive.h"

namespace picost::primitives {
namespace {

// One call above this (bytes, flights or work items) is a mistake or an attack;
// below it, sums over the largest graph that is accepted are exact.
constexpr int64_t kCallLimit = int64_t{1} << 46;

absl::Status CheckParameters(const PrimitiveSpec& spec, const Parameters& parameters) {
  for (const ParameterSpec& declared : spec.parameters) {
    if (!parameters.Has(declared.name)) {
      return MakeError(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("primitive ", spec.id, " needs the parameter ", declared.name),
                       {.field = declared.name,
                        .mend = absl::StrCat("Give ", declared.name, ": ", declared.meaning)});
    }
    const int64_t value = parameters.Get(declared.name);
    if (value < declared.minimum || value > declared.maximum) {
      return MakeError(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("primitive ", spec.id, ": ", declared.name, " = ", value,
                                    " is outside [", declared.minimum, ", ", declared.maximum, "]"),
                       {.field = declared.name, .mend = "Choose a value inside the limits"});
    }
  }
  for (const auto& [name, value] : parameters.values()) {
    bool declared = false;
    for (const ParameterSpec& known : spec.parameters) declared = declared || known.name == name;
    if (!declared) {
      return MakeError(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("primitive ", spec.id, " has no parameter ", name),
                       {.field = name, .mend = "Remove it"});
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSize(const PrimitiveSpec& spec, const PrimitiveCall& call) {
  bool fits = call.count <= kCallLimit && call.traffic.client_to_server.value() <= kCallLimit &&
              call.traffic.server_to_client.value() <= kCallLimit &&
              call.traffic.flights.value() <= kCallLimit;
  for (int64_t items : call.usage) fits = fits && items <= kCallLimit;
  for (const PoolUse& use : call.pools) fits = fits && use.amount <= kCallLimit;
  if (fits) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat("one call of ", spec.id, " (count ", call.count, ", ",
                   call.parameters.DebugString(), ") exceeds 2^46 bytes or work items"),
      {.mend = "Use smaller tensors"});
}

}  // namespace

absl::StatusOr<PrimitiveCall> MakeCall(std::string_view primitive, Parameters parameters,
                                       int64_t count, Phase phase, Executor executor) {
  const PrimitiveSpec* spec = FindPrimitive(primitive);
  if (spec == nullptr) {
    return MakeError(absl::StatusCode::kNotFound,
                     absl::StrCat("no primitive is called ",
                                  absl::string_view(primitive.data(), primitive.size())),
                     {.mend = "List the catalogue for the known ids"});
  }
  PICOST_RETURN_IF_ERROR(CheckParameters(*spec, parameters));
  PrimitiveCall call;
  call.spec = spec;
  call.parameters = std::move(parameters);
  call.phase = phase;
  call.executor = executor;
  PICOST_RETURN_IF_ERROR(SetCount(count, call));
  return call;
}

absl::Status SetCount(int64_t count, PrimitiveCall& call) {
  const PrimitiveSpec& spec = *call.spec;
  if (count < 0) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("primitive ", spec.id, ": count ", count, " is negative"),
                     {.field = "count", .mend = "Give a count >= 0"});
  }
  // Before any form sees it: forms may double or pad a count.
  if (count > kCallLimit) {
    return MakeError(absl::StatusCode::kResourceExhausted,
                     absl::StrCat("one call of ", spec.id, ": count ", count, " exceeds 2^46"),
                     {.field = "count", .mend = "Use smaller tensors"});
  }
  call.count = count;
  // Nothing is done, sent or drawn for nothing: the forms hold for count >= 1.
  if (count == 0) {
    call.traffic = {};
    call.critical_flights = {};
    call.usage.assign(spec.usage.size(), 0);
    call.pools.clear();
    return absl::OkStatus();
  }
  call.traffic = spec.traffic(call.parameters, count);
  call.critical_flights = spec.critical_flights == nullptr
                              ? call.traffic.flights
                              : Flights(spec.critical_flights(call.parameters, count));
  call.usage = spec.use(call.parameters, count);
  if (spec.pools != nullptr) call.pools = spec.pools(call.parameters, count);
  return CheckSize(spec, call);
}

}  // namespace picost::primitives
