// DELPHI with the roles of the garbled circuits swapped: Garimella, Ghodsi, Jha, Garg,
// Reagen, "Characterizing and Optimizing End-to-End Systems for Private Inference",
// ASPLOS 2023 ("Client-Garbler").
//
// Modelled: DELPHI's code as they ran it (delphi.cc has the forms). The client garbles offline and
// stores little (3,590 bytes for each ReLU, as published); the server keeps the tables and
// evaluates. Its labels depend on the input, so their OT moves online. Only the first layer's x - r
// is sent: afterwards the server holds it as a result of the evaluation. Byte counts are equal to
// the published ones. The labels of the client's own share are encoded online by the client
// (on_client_compute_encode), so they are planned from client to server; the published
// row of their bytes, which stands for ResNet-18 alone, is named as the server's.
//
// Left out: what DELPHI leaves out; the published key sizes are the same.
#include "estimator/protocols/delphi_client_garbler.h"

#include "estimator/protocols/delphi.h"
#include "estimator/protocols/garbled_planner.h"

namespace picost::protocols {
namespace {

class DelphiClientGarblerProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    GarbledOptions options = DelphiOptions(context.parameters, info_.id);
    options.client_garbles = true;
    return PlanGarbled(context, options);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info;
    info.id = "delphi-client-garbler";
    info.version = "2";
    info.title = "DELPHI, the client garbles";
    info.citation = "Garimella et al., ASPLOS 2023; Mishra et al., USENIX Security 2020";
    info.keeps = "the same as under DELPHI with the parties of the circuits swapped";
    info.leaves_out = "parallel layers, the planner for quadratic activations";
    info.status = primitives::FormStatus::kVerified;
    info.parameters = DelphiParameters();
    info.primitives = GarbledPrimitives();
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& DelphiClientGarbler() {
  static const DelphiClientGarblerProtocol* const protocol = new DelphiClientGarblerProtocol;
  return *protocol;
}

}  // namespace picost::protocols
