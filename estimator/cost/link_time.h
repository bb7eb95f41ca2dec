// Time that a link costs, apart from the processors.
#ifndef PICOST_ESTIMATOR_COST_LINK_TIME_H_
#define PICOST_ESTIMATOR_COST_LINK_TIME_H_

#include "estimator/base/units.h"
#include "estimator/cost/network_profile.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// Half-duplex: one direction after the other, each at its goodput.
double TransferSeconds(const primitives::Traffic& traffic, const NetworkProfile& network);

// What of it both directions share, where they send at the same time.
double DuplexSeconds(const primitives::Traffic& traffic, const NetworkProfile& network);

// Whether a time is more the link's than the processors'.
inline bool LinkDecides(double link_seconds, double total_seconds) {
  return link_seconds > 0.5 * total_seconds;
}

// Each flight that is waited for takes half a round trip and a wake-up.
double FlightSeconds(Flights flights, const NetworkProfile& network);

// TCP slow start: what a transfer takes longer on a connection whose window is still
// smaller than the link's bandwidth-delay product. A sender with window W sends W,
// then waits for the rest of the round trip; the window doubles with each one:
//
//   sum, while W < rate x RTT and bytes are left, of RTT - W / rate
//
// (RFC 5681 section 3.1; RFC 6928: the first window has ten segments, as in Linux
// since 2.6.39). Both directions have a window of their own.
//
// Of new connections, for the whole of a phase:
double ColdStartSeconds(const primitives::Traffic& traffic, const NetworkProfile& network);
// Of connections that were silent for `idle_seconds`: Linux halves the window for
// each retransmission timeout of silence, down to the first window (tcp_cwnd_restart
// in net/ipv4/tcp_output.c; RFC 2861). 0 unless the profile restarts after idling.
double RestartSeconds(const primitives::Traffic& traffic, double idle_seconds,
                      const NetworkProfile& network);
// Whether RestartSeconds is above 0 on any link at all.
bool MayRestart(const primitives::Traffic& traffic, double idle_seconds);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_LINK_TIME_H_
