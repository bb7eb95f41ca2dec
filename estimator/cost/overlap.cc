#include "estimator/cost/overlap.h"

#include <algorithm>

#include "estimator/cost/link_time.h"

namespace picost::cost {

void OverlapFit::Add(const FitGroup& group, const primitives::PrimitiveCall& call,
                     double wall_seconds, const NetworkProfile& network) {
  const double work = group.Point(call.usage);
  const double transfer = TransferSeconds(call.traffic, network);
  const double shorter = std::min(work, transfer);
  if (shorter < 0.05 * wall_seconds) return;
  const double saved =
      work + transfer + FlightSeconds(call.critical_flights, network) - wall_seconds;
  ++count_;
  products_ += saved * shorter / (wall_seconds * wall_seconds);
  squares_ += shorter * shorter / (wall_seconds * wall_seconds);
}

double OverlapFit::Overlap() const {
  constexpr int kFewest = 5;
  if (count_ < kFewest) return 0;
  return std::clamp(products_ / squares_, 0.0, 1.0);
}

}  // namespace picost::cost
