// What the link between the two parties can do, through the driver "net".
#ifndef PICOST_CALIBRATE_NETWORK_PROBE_H_
#define PICOST_CALIBRATE_NETWORK_PROBE_H_

#include <string>

#include "absl/status/statusor.h"
#include "calibrate/driver_pair.h"

namespace picost::calibrate {

// Medians of the repetitions; cold: the first bytes of a fresh connection.
struct NetworkProbe {
  double round_trip_seconds = 0;
  double cold_up_bytes_per_second = 0;
  double up_bytes_per_second = 0;
  double down_bytes_per_second = 0;
  double duplex_bytes_per_second = 0;  // each way, both at once
  double message_seconds = 0;          // of one small message among many
  double round_trip_relative_stddev = 0;
  double bandwidth_relative_stddev = 0;
};

absl::StatusOr<NetworkProbe> ProbeNetwork(const Parties& parties);

// A network profile (data/networks) with these figures.
std::string NetworkProfileText(const NetworkProbe& probe, const std::string& id,
                               const std::string& source);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_NETWORK_PROBE_H_
