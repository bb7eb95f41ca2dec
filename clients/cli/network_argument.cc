#include "clients/cli/network_argument.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace picost::cli {
namespace {

using Unit = std::pair<const char*, double>;

const std::vector<Unit> kTimes = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
// Longer names first: "MB/s" ends in "B/s".
const std::vector<Unit> kRates = {{"kbit/s", 1e3 / 8}, {"Mbit/s", 1e6 / 8}, {"Gbit/s", 1e9 / 8},
                                  {"kB/s", 1e3},       {"MB/s", 1e6},       {"GB/s", 1e9},
                                  {"B/s", 1}};

// "40ms" in seconds; nothing where number or unit is missing.
std::optional<double> Parse(const std::string& text, const std::vector<Unit>& units) {
  for (const auto& [unit, factor] : units) {
    const std::string suffix = unit;
    if (!text.ends_with(suffix)) continue;
    double number = 0;
    if (absl::SimpleAtod(text.substr(0, text.size() - suffix.size()), &number))
      return number * factor;
  }
  return std::nullopt;
}

}  // namespace

Result<v1::CustomDeployment> ParseNetwork(const std::string& text) {
  v1::CustomDeployment custom;
  if (text.find('=') == std::string::npos) {
    custom.set_network(absl::StrCat("networks/", text));
    return custom;
  }
  std::optional<double> round_trip;
  std::optional<double> up;
  std::optional<double> down;
  for (const auto& item : absl::StrSplit(text, ',')) {
    const std::vector<std::string> parts = absl::StrSplit(item, absl::MaxSplits('=', 1));
    const std::string& key = parts[0];
    const bool time = key == "rtt";
    if (parts.size() != 2 || !(time || key == "up" || key == "down" || key == "bandwidth")) {
      return BadArgument(absl::StrCat("--network: '", std::string(item),
                                      "' is none of rtt=, up=, down=, bandwidth="));
    }
    const std::optional<double> value = Parse(parts[1], time ? kTimes : kRates);
    if (!value) {
      return BadArgument(absl::StrCat("--network: '", parts[1], "' is no ",
                                      time ? "time like 40ms" : "rate like 40MB/s or 100Mbit/s"));
    }
    if (time) round_trip = value;
    if (key == "up" || key == "bandwidth") up = value;
    if (key == "down" || key == "bandwidth") down = value;
  }
  if (!round_trip || !up || !down) {
    return BadArgument("--network needs rtt=, and up= and down= or bandwidth=");
  }
  v1::NetworkProfile& profile = *custom.mutable_network_profile();
  profile.set_source("given with --network");
  profile.set_round_trip_seconds(*round_trip);
  profile.set_client_to_server_bytes_per_second(*up);
  profile.set_server_to_client_bytes_per_second(*down);
  return custom;
}

}  // namespace picost::cli
