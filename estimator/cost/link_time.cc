#include "estimator/cost/link_time.h"

#include <algorithm>

namespace picost::cost {
namespace {

// Ten segments of 1,448 bytes: Ethernet's 1,500 less headers and time stamps.
constexpr double kInitialWindowBytes = 14480;

// Linux: smoothed round-trip time and a variance term of at least 200 ms.
constexpr double kLeastTimerSeconds = 0.2;

double SlowStartSeconds(double bytes, double window, double rate, double round_trip) {
  double seconds = 0;
  while (window < rate * round_trip && bytes > window) {
    seconds += round_trip - window / rate;
    bytes -= window;
    window *= 2;
  }
  return seconds;
}

double UpSeconds(const primitives::Traffic& traffic, const NetworkProfile& network) {
  return static_cast<double>(traffic.client_to_server.value()) /
         network.client_to_server_bytes_per_second;
}

double DownSeconds(const primitives::Traffic& traffic, const NetworkProfile& network) {
  return static_cast<double>(traffic.server_to_client.value()) /
         network.server_to_client_bytes_per_second;
}

}  // namespace

double TransferSeconds(const primitives::Traffic& traffic, const NetworkProfile& network) {
  return UpSeconds(traffic, network) + DownSeconds(traffic, network);
}

double DuplexSeconds(const primitives::Traffic& traffic, const NetworkProfile& network) {
  return std::min(UpSeconds(traffic, network), DownSeconds(traffic, network));
}

double FlightSeconds(Flights flights, const NetworkProfile& network) {
  return static_cast<double>(flights.value()) *
         (network.round_trip_seconds / 2 + network.flight_overhead_seconds);
}

double ColdStartSeconds(const primitives::Traffic& traffic, const NetworkProfile& network) {
  return SlowStartSeconds(static_cast<double>(traffic.client_to_server.value()),
                          kInitialWindowBytes, network.client_to_server_bytes_per_second,
                          network.round_trip_seconds) +
         SlowStartSeconds(static_cast<double>(traffic.server_to_client.value()),
                          kInitialWindowBytes, network.server_to_client_bytes_per_second,
                          network.round_trip_seconds);
}

bool MayRestart(const primitives::Traffic& traffic, double idle_seconds) {
  const Bytes most = std::max(traffic.client_to_server, traffic.server_to_client);
  return idle_seconds > kLeastTimerSeconds &&
         static_cast<double>(most.value()) > kInitialWindowBytes;
}

double RestartSeconds(const primitives::Traffic& traffic, double idle_seconds,
                      const NetworkProfile& network) {
  if (!network.restarts_after_idle) return 0;
  const double timer = network.round_trip_seconds + kLeastTimerSeconds;
  const auto one_way = [&](Bytes bytes, double rate) {
    double window = rate * network.round_trip_seconds;  // it had filled the link
    double idle = idle_seconds;
    while (idle > timer && window > kInitialWindowBytes) {
      window /= 2;
      idle -= timer;
    }
    return SlowStartSeconds(static_cast<double>(bytes.value()),
                            std::max(window, kInitialWindowBytes), rate,
                            network.round_trip_seconds);
  };
  return one_way(traffic.client_to_server, network.client_to_server_bytes_per_second) +
         one_way(traffic.server_to_client, network.server_to_client_bytes_per_second);
}

}  // namespace picost::cost
