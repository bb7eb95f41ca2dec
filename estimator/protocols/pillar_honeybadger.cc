// PILLAR with HoneyBadger powers: Diaa et al., "Fast and Private Inference of Deep Neural
// Networks by Co-designing Activation Functions", USENIX Security 2024; the exchange is
// that of Lu, Yurek, Kulshreshtha, Govind, Kate, Miller, "HoneyBadgerMPC and AsynchroMix",
// CCS 2019.
//
// Modelled: CrypTen's shares (crypten_backend.cc) with a polynomial in every ReLU's place
// (replaced_relu_degree; 0 keeps the ReLUs). The dealer gives shares of r, r^2 .. r^d; x - r
// is opened, then x^2 .. x^d are linear in them. The code opens it once for each power, at
// different scales (grouped): d + 1 words each way; once is enough for one scale: 1 word.
//
// Left out: what CrypTen's planner leaves out. Needs retraining.
#include "estimator/protocols/pillar_honeybadger.h"

#include "estimator/protocols/crypten_backend.h"

namespace picost::protocols {
namespace {

class PillarHoneyBadgerProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    return PlanCrypTen(context, info_.id, Powers::kHoneyBadger);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info = CrypTenInfo("pillar-honeybadger");
    info.title = "PILLAR with HoneyBadger powers";
    info.citation = "Diaa et al., USENIX Security 2024; Lu et al., CCS 2019";
    info.parameters.push_back(ReplacedReluDegree());
    info.parameters.push_back({"grouped", "1: one opening for each power, as the code does; 0: one",
                               1, 0, 1, "CrypTen-ESPN, honeybadger_pows"});
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& PillarHoneyBadger() {
  static const PillarHoneyBadgerProtocol* const protocol = new PillarHoneyBadgerProtocol;
  return *protocol;
}

}  // namespace picost::protocols
