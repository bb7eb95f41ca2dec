// A link between the two parties.
#ifndef PICOST_ESTIMATOR_COST_NETWORK_PROFILE_H_
#define PICOST_ESTIMATOR_COST_NETWORK_PROFILE_H_

#include <string>

namespace picost::cost {

// Bandwidths are goodput: payload bytes per second that TCP delivers.
struct NetworkProfile {
  std::string id;      // "lan", "wan", ...; empty for one spelled out in a request
  std::string source;  // paper or measurement the numbers are from
  double round_trip_seconds = 0;
  // What each flight takes beside half a round trip: the end systems' wake-ups,
  // as measured on latency-bound operations of this link.
  double flight_overhead_seconds = 0;
  double client_to_server_bytes_per_second = 0;
  double server_to_client_bytes_per_second = 0;
  // Relative standard deviations, as far as known; widen the intervals.
  double bandwidth_relative_stddev = 0;
  double round_trip_relative_stddev = 0;
  // A sender that was silent for longer than its retransmission timer starts slowly
  // again, as Linux does unless net.ipv4.tcp_slow_start_after_idle is 0. False where
  // connections were seen to keep their windows.
  bool restarts_after_idle = false;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_NETWORK_PROFILE_H_
