#include "calibrate/drivers/synthetic/synthetic_driver.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/primitives/catalog.h"
#include "estimator/primitives/primitive.h"

namespace picost::calibrate {
namespace {

using primitives::PrimitiveCall;
using primitives::PrimitiveSpec;

// Covered: garbling, OT and share openings. Whole-protocol primitives have
// parameters that only fit together in one way; their own backends cover them.
// Ferret's extensions follow one another in one direction without a turn, which no
// meter of turns can count.
bool IsCovered(const PrimitiveSpec& spec) {
  if (spec.id == "ot.ferret_extension") return false;
  return spec.family == primitives::Family::kGarbling ||
         spec.family == primitives::Family::kObliviousTransfer ||
         spec.family == primitives::Family::kSecretSharing;
}

// Small values that keep the bytes small: the minimum, raised to at least `least`.
int64_t Example(const primitives::ParameterSpec& parameter, int64_t least) {
  return std::min(parameter.maximum, std::max(parameter.minimum, least));
}

absl::StatusOr<PrimitiveCall> CallOf(const MeasureRequest& request) {
  primitives::Parameters parameters;
  for (const auto& [name, value] : request.parameters()) parameters.Set(name, value);
  return primitives::MakeCall(request.operation(), parameters, request.count(),
                              primitives::Phase::kOnline, primitives::Executor::kJoint);
}

// Sends what the form says: each flight carries an equal part of its direction's
// bytes, the last what is left. One flight with bytes both ways is an exchange.
absl::Status Transfer(const primitives::Traffic& traffic, bool is_client, Channel& channel) {
  const int64_t up = traffic.client_to_server.value();
  const int64_t down = traffic.server_to_client.value();
  const int64_t flights = traffic.flights.value();
  const int64_t sends = is_client ? up : down;
  const int64_t receives = is_client ? down : up;
  std::vector<char> out(static_cast<size_t>(sends)), in(static_cast<size_t>(receives));
  if (flights <= 1 && up > 0 && down > 0) {
    return channel.Exchange(out.data(), sends, in.data(), receives);
  }
  // Alternating flights; the direction with bytes begins where only one has any,
  // else the one that makes both have a turn: the client.
  bool client_turn = up > 0;
  int64_t left[2] = {up, down};
  for (int64_t flight = 0; flight < flights; ++flight, client_turn = !client_turn) {
    int64_t& rest = left[client_turn ? 0 : 1];
    const int64_t turns = (flights - flight + 1) / 2;
    const int64_t bytes = turns <= 1 ? rest : rest / turns;
    rest -= bytes;
    PICOST_RETURN_IF_ERROR(client_turn == is_client ? channel.Send(out.data(), bytes)
                                                    : channel.Receive(in.data(), bytes));
  }
  return absl::OkStatus();
}

}  // namespace

Description SyntheticDriver::Describe() {
  Description description;
  description.set_name("synthetic");
  description.set_version("1");
  description.set_security("none: no cryptography is run");
  description.set_license("Apache-2.0, with this project");
  description.set_synthetic(true);
  return description;
}

Capabilities SyntheticDriver::GetCapabilities() {
  Capabilities capabilities;
  for (const PrimitiveSpec* spec : primitives::AllPrimitives()) {
    if (!IsCovered(*spec)) continue;
    Operation& operation = *capabilities.add_operations();
    operation.set_name(spec->id);
    operation.set_unit(spec->unit);
    operation.add_primitives(spec->id);
    operation.set_example_count(3);
    for (const primitives::ParameterSpec& parameter : spec->parameters) {
      OperationParameter& declared = *operation.add_parameters();
      declared.set_name(parameter.name);
      declared.set_meaning(parameter.meaning);
      declared.set_minimum(parameter.minimum);
      declared.set_maximum(parameter.maximum);
      (*operation.mutable_example_parameters())[parameter.name] = Example(parameter, 16);
    }
    // Two sizes of every parameter, three counts: enough for every coefficient.
    for (const int64_t least : {7, 40}) {
      for (const int64_t count : {1, 10, 300}) {
        SweepPoint& point = *capabilities.add_sweep();
        point.set_operation(spec->id);
        point.set_count(count);
        point.set_quick(true);
        for (const primitives::ParameterSpec& parameter : spec->parameters) {
          // Groups are not split: a matched parameter stays what it is.
          (*point.mutable_parameters())[parameter.name] =
              Example(parameter, parameter.must_match ? 0 : least);
        }
      }
    }
  }
  return capabilities;
}

absl::StatusOr<MeasureReply> SyntheticDriver::Measure(const MeasureRequest& request,
                                                      Channel& channel) {
  PICOST_ASSIGN_OR_RETURN(const PrimitiveCall call, CallOf(request));
  const std::map<std::string, int64_t> parameters(request.parameters().begin(),
                                                  request.parameters().end());
  double seconds = 0;
  for (size_t j = 0; j < call.usage.size(); ++j) {
    seconds += static_cast<double>(call.usage[j]) * SyntheticCoefficient(static_cast<int>(j));
  }
  const bool is_client = request.party() == MeasureRequest::CLIENT;
  MeasureReply reply;
  for (int i = 0; i < request.warm_up() + request.repetitions(); ++i) {
    Repetition repetition;
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel, request.operation(), parameters, request.count(), Step::JOINT,
        [&] { return Transfer(call.traffic, is_client, channel); }, repetition));
    repetition.mutable_steps(0)->set_wall_seconds(seconds);
    repetition.mutable_steps(0)->set_cpu_seconds(seconds);
    repetition.set_correct(true);
    if (i >= request.warm_up()) *reply.add_repetitions() = std::move(repetition);
  }
  reply.set_peak_memory_bytes(PeakMemoryBytes());
  return reply;
}

}  // namespace picost::calibrate
