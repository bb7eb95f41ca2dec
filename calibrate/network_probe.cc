#include "calibrate/network_probe.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_format.h"
#include "calibrate/driver_list.h"
#include "estimator/base/status_macros.h"

namespace picost::calibrate {
namespace {

constexpr double kTimeoutSeconds = 120;

struct Spread {
  double median = 0;
  double relative_stddev = 0;
};

Spread Summarize(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  Spread spread{.median = values[values.size() / 2]};
  double squares = 0;
  for (const double v : values) squares += (v - spread.median) * (v - spread.median);
  if (values.size() > 1 && spread.median > 0) {
    spread.relative_stddev =
        std::sqrt(squares / static_cast<double>(values.size() - 1)) / spread.median;
  }
  return spread;
}

// Wall seconds of the client, one a repetition.
absl::StatusOr<std::vector<double>> Run(DriverPair& pair, const char* operation, int64_t count,
                                        int warm_up, int repetitions) {
  MeasureRequest request;
  request.set_operation(operation);
  request.set_count(count);
  request.set_warm_up(warm_up);
  request.set_repetitions(repetitions);
  PICOST_ASSIGN_OR_RETURN(const auto replies, pair.MeasureBoth(request, kTimeoutSeconds));
  std::vector<double> seconds;
  for (const Repetition& repetition : replies.first.repetitions()) {
    seconds.push_back(repetition.steps(0).wall_seconds());
  }
  return seconds;
}

}  // namespace

absl::StatusOr<NetworkProbe> ProbeNetwork(const Parties& parties) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> command, DriverCommand("net"));
  PICOST_ASSIGN_OR_RETURN(const auto pair, DriverPair::Open("net", command, parties));
  NetworkProbe probe;
  constexpr int64_t kColdBytes = 1 << 20;
  PICOST_ASSIGN_OR_RETURN(const auto cold, Run(*pair, "net.up", kColdBytes, 0, 1));
  probe.cold_up_bytes_per_second = static_cast<double>(kColdBytes) / cold[0];

  constexpr int64_t kRoundTrips = 20;
  PICOST_ASSIGN_OR_RETURN(const auto trips, Run(*pair, "net.round_trip", kRoundTrips, 1, 7));
  const Spread trip = Summarize(trips);
  probe.round_trip_seconds = trip.median / static_cast<double>(kRoundTrips);
  probe.round_trip_relative_stddev = trip.relative_stddev;

  // As many bytes as a quarter of a second carries, 1 to 256 MiB.
  PICOST_ASSIGN_OR_RETURN(const auto warm, Run(*pair, "net.up", 4 << 20, 1, 3));
  const double rate = static_cast<double>(4 << 20) / Summarize(warm).median;
  const int64_t bytes =
      std::clamp<int64_t>(static_cast<int64_t>(rate / 4), int64_t{1} << 20, int64_t{256} << 20);
  const auto bandwidth = [&](const char* operation) -> absl::StatusOr<Spread> {
    PICOST_ASSIGN_OR_RETURN(const auto seconds, Run(*pair, operation, bytes, 1, 5));
    Spread spread = Summarize(seconds);
    spread.median = static_cast<double>(bytes) / spread.median;
    return spread;
  };
  PICOST_ASSIGN_OR_RETURN(const Spread up, bandwidth("net.up"));
  PICOST_ASSIGN_OR_RETURN(const Spread down, bandwidth("net.down"));
  PICOST_ASSIGN_OR_RETURN(const Spread duplex, bandwidth("net.duplex"));
  probe.up_bytes_per_second = up.median;
  probe.down_bytes_per_second = down.median;
  probe.duplex_bytes_per_second = duplex.median;
  probe.bandwidth_relative_stddev = std::max(up.relative_stddev, down.relative_stddev);

  constexpr int64_t kMessages = 10'000;
  PICOST_ASSIGN_OR_RETURN(const auto messages, Run(*pair, "net.messages", kMessages, 1, 3));
  probe.message_seconds = Summarize(messages).median / static_cast<double>(kMessages);
  return probe;
}

std::string NetworkProfileText(const NetworkProbe& probe, const std::string& id,
                               const std::string& source) {
  return absl::StrFormat(
      "id: \"%s\"\ntitle: \"Measured between the two parties\"\nsource: \"%s\"\n"
      "round_trip_seconds: %.9g\nclient_to_server_bytes_per_second: %.9g\n"
      "server_to_client_bytes_per_second: %.9g\nbandwidth_relative_stddev: %.3g\n"
      "round_trip_relative_stddev: %.3g\n",
      id, source, probe.round_trip_seconds, probe.up_bytes_per_second, probe.down_bytes_per_second,
      probe.bandwidth_relative_stddev, probe.round_trip_relative_stddev);
}

}  // namespace picost::calibrate
