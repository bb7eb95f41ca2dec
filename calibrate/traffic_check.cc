#include "calibrate/traffic_check.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "calibrate/sweep.h"
#include "estimator/base/status_macros.h"
#include "estimator/primitives/primitive.h"

namespace picost::calibrate {
namespace {

constexpr double kTimeoutSeconds = 60;
// Counts that show padding and packing: below, at and above a quantum of 128.
constexpr int64_t kCounts[] = {1, 7, 128, 129};

std::string Describe(const primitives::Traffic& traffic) {
  return absl::StrCat(traffic.client_to_server.value(), " B up, ", traffic.server_to_client.value(),
                      " B down, ", traffic.flights.value(), " flights");
}

bool Within(Bytes declared, Bytes metered, double bound) {
  return std::abs(static_cast<double>(declared.value() - metered.value())) <=
         bound * static_cast<double>(metered.value());
}

absl::Status CheckPoint(DriverPair& pair, const SweepPoint& point, CheckResult& result) {
  MeasureRequest request;
  request.set_operation(point.operation());
  *request.mutable_parameters() = point.parameters();
  request.set_count(point.count());
  request.set_repetitions(1);
  request.set_input_seed(1);
  PICOST_ASSIGN_OR_RETURN(const std::vector<cost::Sample> samples,
                          pair.Measure(request, "lo", kTimeoutSeconds));
  for (const cost::Sample& sample : samples) {
    if (!sample.traffic_known) {
      result.local.insert(sample.primitive);
      continue;
    }
    PICOST_ASSIGN_OR_RETURN(const std::string difference, TrafficDifference(sample));
    ++result.compared;
    result.primitives.insert(sample.primitive);
    if (!difference.empty()) {
      result.failures.push_back(absl::StrCat(PointName(point), ": ", difference));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> TrafficDifference(const cost::Sample& sample) {
  primitives::Traffic declared;
  double bound = 0;
  const auto add = [&](std::string_view id, const primitives::Parameters& parameters,
                       int64_t count) -> absl::Status {
    PICOST_ASSIGN_OR_RETURN(
        const primitives::PrimitiveCall call,
        primitives::MakeCall(id, parameters, count, primitives::Phase::kOnline, sample.executor));
    declared += call.traffic;
    if (call.spec->status == primitives::FormStatus::kEmpirical) {
      bound = std::max(bound, call.spec->traffic_relative_bound);
    }
    return absl::OkStatus();
  };
  PICOST_RETURN_IF_ERROR(add(sample.primitive, sample.parameters, sample.count));
  for (const cost::NestedUse& use : sample.nested) {
    PICOST_RETURN_IF_ERROR(add(use.primitive, use.parameters, use.count));
  }
  if (Within(declared.client_to_server, sample.traffic.client_to_server, bound) &&
      Within(declared.server_to_client, sample.traffic.server_to_client, bound) &&
      declared.flights == sample.traffic.flights) {
    return std::string();
  }
  return absl::StrCat(sample.primitive, " ", sample.parameters.DebugString(), " x ", sample.count,
                      ": declared ", Describe(declared), "; metered ", Describe(sample.traffic));
}

absl::StatusOr<CheckResult> CheckTraffic(DriverPair& pair) {
  std::vector<SweepPoint> points;
  std::set<std::string> seen;
  const auto add = [&](SweepPoint point, int64_t count) {
    point.set_count(count);
    if (seen.insert(PointName(point)).second) points.push_back(std::move(point));
  };
  for (const Operation& operation : pair.capabilities().operations()) {
    if (operation.primitives().empty()) continue;  // a probe
    SweepPoint point;
    point.set_operation(operation.name());
    *point.mutable_parameters() = operation.example_parameters();
    add(point, operation.example_count());
  }
  for (const SweepPoint& point : pair.capabilities().sweep()) {
    // A driver whose counts are small wants them so.
    for (const int64_t count : kCounts) add(point, std::min(count, point.count()));
  }
  CheckResult result;
  for (const SweepPoint& point : points) {
    PICOST_RETURN_IF_ERROR(CheckPoint(pair, point, result));
  }
  return result;
}

}  // namespace picost::calibrate
