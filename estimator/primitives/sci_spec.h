// What the catalogue entries of CrypTFlow2's interactive steps share: a form is a
// transcript, of a prime field (sci_field.cc) or of a ring (sci_ring.cc).
#ifndef PICOST_ESTIMATOR_PRIMITIVES_SCI_SPEC_H_
#define PICOST_ESTIMATOR_PRIMITIVES_SCI_SPEC_H_

#include <cstdint>
#include <vector>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/primitive.h"
#include "estimator/primitives/sci_steps.h"
#include "estimator/primitives/transcript.h"

namespace picost::primitives::sci {

// Batches are padded to multiples of 8 elements.
inline int64_t Padded(int64_t count) { return RoundUp(count, 8); }

using Steps = Transcript (*)(const Parameters&, int64_t);

// The element's width is the primitive's first parameter.
inline int64_t Width(const Parameters& p) {
  return p.Has("field_bits") ? p.Get("field_bits") : p.Get("ring_bits");
}

inline Transcript Multiplexer(const Parameters& p, int64_t count) {
  Transcript t;
  Multiplex(t, Width(p), Padded(count));
  return t;
}

inline Transcript Lookup(const Parameters& p, int64_t count) {
  Transcript t;
  t.Kkot(Padded(count), int64_t{1} << p.Get("index_bits"), Width(p));
  return t;
}

template <Steps kSteps>
Traffic StepsTraffic(const Parameters& p, int64_t count) {
  return kSteps(p, count).traffic();
}
template <Steps kSteps>
std::vector<int64_t> StepsUse(const Parameters& p, int64_t count) {
  return kSteps(p, count).work();
}

// `base` with the transcript's traffic and work; all share one fit.
template <Steps kSteps>
PrimitiveSpec OfSteps(PrimitiveSpec base) {
  base.cost_group = "sci.ot";
  base.usage = Transcript::WorkItems();
  base.traffic = StepsTraffic<kSteps>;
  base.use = StepsUse<kSteps>;
  return base;
}

}  // namespace picost::primitives::sci

#endif  // PICOST_ESTIMATOR_PRIMITIVES_SCI_SPEC_H_
