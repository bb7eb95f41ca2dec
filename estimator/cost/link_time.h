// Time that a link costs, apart from the processors.
#ifndef PICOST_ESTIMATOR_COST_LINK_TIME_H_
#define PICOST_ESTIMATOR_COST_LINK_TIME_H_

#include "estimator/base/units.h"
#include "estimator/cost/network_profile.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// Half-duplex: one direction after the other, each at its goodput.
inline double TransferSeconds(const primitives::Traffic& traffic, const NetworkProfile& network) {
  return static_cast<double>(traffic.client_to_server.value()) /
             network.client_to_server_bytes_per_second +
         static_cast<double>(traffic.server_to_client.value()) /
             network.server_to_client_bytes_per_second;
}

// Each flight that is waited for takes half a round trip and a wake-up.
inline double FlightSeconds(Flights flights, const NetworkProfile& network) {
  return static_cast<double>(flights.value()) *
         (network.round_trip_seconds / 2 + network.flight_overhead_seconds);
}

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_LINK_TIME_H_
