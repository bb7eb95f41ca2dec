// How far a backend computes and sends at the same time.
//
// Over a link, an operation takes
//
//   work + transfer + flights - overlap x min(work, transfer).
//
// OT extension streams its columns block by block while the other side hashes, so
// its overlap is about half; homomorphic layers send all, then compute.
#ifndef PICOST_ESTIMATOR_COST_OVERLAP_H_
#define PICOST_ESTIMATOR_COST_OVERLAP_H_

#include <vector>

#include "estimator/cost/cost_model.h"
#include "estimator/cost/network_profile.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

// Gathers samples of one group over links and estimates its overlap by least
// squares on relative errors, within [0, 1]; 0 with fewer than five samples in
// which both work and transfer take a twentieth of the time.
class OverlapFit {
 public:
  void Add(const FitGroup& group, const primitives::PrimitiveCall& call, double wall_seconds,
           const NetworkProfile& network);
  double Overlap() const;

 private:
  int count_ = 0;
  double products_ = 0;
  double squares_ = 0;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_OVERLAP_H_
