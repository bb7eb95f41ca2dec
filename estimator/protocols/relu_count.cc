// The proxy of the first papers on private-inference architectures (CryptoNAS,
// NeurIPS 2020; SNL, ICML 2022): latency is a constant times the number of ReLUs.
//
// Modelled: every ReLU and ReLU6 element, in one unit of its own (proxy.relu) without
// traffic. It is here to show where it lies.
//
// Left out, and every such layer says so: linear layers, truncation, max pooling, flights,
// fixed costs.
#include "estimator/protocols/relu_count.h"

#include <variant>

#include "estimator/base/status_macros.h"
#include "estimator/protocols/planning.h"

namespace picost::protocols {
namespace {

class ReluCountProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }

  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    ProtocolPlan plan;
    for (size_t id = 0; id < context.graph.nodes().size(); ++id) {
      LayerPlan layer;
      layer.node = static_cast<graph::NodeId>(id);
      const auto* activation =
          std::get_if<graph::Activation>(&context.graph.nodes()[id].attributes);
      if (activation != nullptr && IsCounted(*activation)) {
        CallList calls;
        calls.Add("proxy.relu", {}, Kept(*activation).kept, primitives::Phase::kOnline,
                  primitives::Executor::kJoint);
        PICOST_RETURN_IF_ERROR(calls.status());
        layer.calls = std::move(calls).Take();
      } else {
        layer.note = "not counted by the proxy";
      }
      layer.local = layer.calls.empty();
      plan.layers.push_back(std::move(layer));
    }
    return plan;
  }

 private:
  static bool IsCounted(const graph::Activation& activation) {
    return activation.kind == graph::ActivationKind::kRelu ||
           activation.kind == graph::ActivationKind::kRelu6;
  }
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info;
    info.id = "relu-count";
    info.version = "1";
    info.title = "ReLU count as a proxy of latency";
    info.citation = "Ghodsi et al. (CryptoNAS), NeurIPS 2020; Cho et al. (SNL), ICML 2022";
    info.keeps = "nothing: a proxy has no state";
    info.leaves_out = "everything but ReLUs: linear layers, traffic, flights, fixed costs";
    info.status = primitives::FormStatus::kDerived;
    info.primitives = {"proxy.relu"};
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& ReluCount() {
  static const ReluCountProtocol* const protocol = new ReluCountProtocol;
  return *protocol;
}

}  // namespace picost::protocols
