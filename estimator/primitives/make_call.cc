#include <algorithm>
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
      if (declared.optional) continue;
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

// The forms of one connection.
void Fill(const Parameters& parameters, int64_t count, PrimitiveCall& call) {
  const PrimitiveSpec& spec = *call.spec;
  call.traffic = spec.traffic(parameters, count);
  call.critical_flights = spec.critical_flights == nullptr
                              ? call.traffic.flights
                              : Flights(spec.critical_flights(parameters, count));
  call.usage = spec.use(parameters, count);
  if (spec.pools != nullptr) call.pools = spec.pools(parameters, count);
}

// SCI and OpenCheetah: thread i of T takes floor(n / 8 T) * 8 elements, the last one the
// rest. On odd threads the parties swap their roles, and so the directions. All wait
// for the one with the most flights. Work is the sum: as if one thread did it all.
void FillThreads(int64_t threads, PrimitiveCall& call) {
  const int64_t chunk = call.count / (8 * threads) * 8;
  PrimitiveCall part;
  part.spec = call.spec;
  call.traffic = {};
  call.critical_flights = {};
  call.usage.assign(call.spec->usage.size(), 0);
  call.pools.clear();
  for (int64_t thread = 0; thread < threads; ++thread) {
    const int64_t elements = thread + 1 < threads ? chunk : call.count - chunk * (threads - 1);
    if (elements == 0) continue;
    Fill(call.parameters, elements, part);
    Traffic& sum = call.traffic;
    const bool swapped = thread % 2 != 0;
    sum.client_to_server += swapped ? part.traffic.server_to_client : part.traffic.client_to_server;
    sum.server_to_client += swapped ? part.traffic.client_to_server : part.traffic.server_to_client;
    sum.flights = std::max(sum.flights, part.traffic.flights);
    call.critical_flights = std::max(call.critical_flights, part.critical_flights);
    for (size_t i = 0; i < part.usage.size(); ++i) call.usage[i] += part.usage[i];
    if (call.pools.empty()) {
      call.pools = part.pools;
    } else {
      for (size_t i = 0; i < part.pools.size(); ++i) call.pools[i].amount += part.pools[i].amount;
    }
  }
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
  const int64_t threads = spec.splits_over_threads ? call.parameters.GetOr(kThreads, 1) : 1;
  if (threads > 1) {
    FillThreads(threads, call);
  } else {
    Fill(call.parameters, count, call);
  }
  return CheckSize(spec, call);
}

}  // namespace picost::primitives
