// CrypTFlow2 by oblivious transfer alone: Rathee, Rathee, Kumar, Chandran, Gupta, Rastogi, Sharma,
// "CrypTFlow2: Practical 2-Party Secure Inference", CCS 2020.
//
// Modelled: the SCI library over a ring in its build for wide-area networks (EzPC SCI_OT);
// linear layers by correlated OT (forms in estimator/primitives/sci_ring.cc): equal to the
// published server bytes of convolution, ReLU and max pooling (EzPC issue 204). Truncation
// is faithful; where a ReLU follows, its sign serves it. Everything is online; both parties
// wait for each other, so every call is joint. With several threads interactive work is
// split over as many connections, the roles swapped on odd ones.
//
// Left out: threads of the linear layers.
#include "estimator/protocols/cryptflow2_ot.h"

#include <string>
#include <utility>

#include "estimator/primitives/forms.h"
#include "estimator/protocols/planning.h"
#include "estimator/protocols/sci_backend.h"

namespace picost::protocols {
namespace {

using graph::Node;
using primitives::Parameters;
using primitives::Product;

class RingBackend : public SciBackend {
 public:
  explicit RingBackend(const Parameters& p) : SciBackend(p, "sci_ring.", "ring_bits") {}

  // Every input element of the unfolded matrix (a column for each output pixel, a row
  // for each kernel position and channel) takes part in out_channels products.
  absl::Status AddConv(const Node&, const PlainConvolution& conv, bool) override {
    Add("matmul", {{"outputs", conv.out_channels}},
        Product({conv.convolutions, conv.in_channels, conv.taps, OutputPixels(conv)}));
    return absl::OkStatus();
  }
  absl::Status AddLinear(const Node&, int64_t in_features, int64_t out_features,
                         int64_t rows) override {
    Add("matmul", {{"outputs", out_features}}, Product({in_features, rows}));
    return absl::OkStatus();
  }
  void AddScaling(int64_t n) override { Add("matmul", {{"outputs", 1}}, n); }
  void AddProduct(int64_t n) override { Add("product", {}, n); }
  void AddSquare(int64_t n) override { Add("matmul", {{"outputs", 1}}, n); }

  absl::Status AddSetup(CallList& setup) override {
    AddBaseOts(threads(), setup);
    return setup.status();
  }
  absl::Status Finish(ProtocolPlan& plan) override {
    plan.memory = {SciBaseOts(threads())};
    return absl::OkStatus();
  }
};

class OtProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    RingBackend backend(context.parameters);
    return PlanShared(context,
                      SciOptions(info_.id, context.parameters, context.parameters.Get("ring_bits")),
                      backend);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info =
        SciInfo("cryptflow2-ot", "CrypTFlow2, oblivious transfer alone", "sci_ring.");
    info.citation = "Rathee et al., CCS 2020; EzPC SCI_OT, issue 204";
    info.status = primitives::FormStatus::kDerived;
    info.parameters.insert(info.parameters.begin(), {"ring_bits", "bit width of the ring", 37, 32,
                                                     60, "ResNet-50 of EzPC issue 204"});
    for (const char* id : {"ot.setup", "sci_ring.matmul", "sci_ring.product"}) {
      info.primitives.push_back(id);
    }
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& CrypTFlow2Ot() {
  static const OtProtocol* const protocol = new OtProtocol;
  return *protocol;
}

}  // namespace picost::protocols
