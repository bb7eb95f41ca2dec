// What an activation's layer costs as a function of the elements that it keeps.
//
// Law 5 of protocols/protocol.h: between one kept element and all but one, a layer's
// calls differ in their counts alone, and counts and stored bytes are affine in the kept
// elements. (A truncation apart takes the elements that are not kept, a circuit is made
// for each one that is.) So two plans of a network give the calls of its activations for
// every number of kept elements, and a search's new counts need no planning. What the
// calls cost stays with the closed forms, steps and packing included.
#ifndef PICOST_ESTIMATOR_WHATIF_LAYER_TEMPLATE_H_
#define PICOST_ESTIMATOR_WHATIF_LAYER_TEMPLATE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"
#include "estimator/whatif/layer_memo.h"

namespace picost::whatif {

// One layer as planned with some number of its elements kept.
struct LayerProbe {
  int64_t kept = 0;
  const protocols::LayerPlan* plan = nullptr;
  int64_t relu_elements = 0;
};

class LayerTemplate {
 public:
  // Through the first two probes; empty where a probe does not lie on the line, so that
  // a planner that breaks the law costs time, never truth.
  static std::optional<LayerTemplate> Through(const std::vector<LayerProbe>& probes);

  // Once, before At: which fits price the calls.
  void Price(Accumulator& accumulator, const std::vector<protocols::Refill>& refills);

  // The layer with `kept` elements; what `layer` held is lost.
  absl::Status At(int64_t kept, LayerCost& layer);

 private:
  // offset + slope x kept.
  struct Affine {
    int64_t offset = 0;
    int64_t slope = 0;
    int64_t At(int64_t kept) const { return offset + slope * kept; }
  };
  struct TemplateCall {
    primitives::PrimitiveCall call;  // with the count of the latest At
    Affine count;
    PricedBy price;
  };
  static std::optional<Affine> Line(int64_t kept_a, int64_t a, int64_t kept_b, int64_t b);
  bool Meets(const LayerProbe& probe) const;

  std::vector<TemplateCall> calls_;
  Affine client_storage_;
  Affine server_storage_;
  Affine relu_elements_;
};

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_LAYER_TEMPLATE_H_
