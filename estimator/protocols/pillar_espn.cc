// PILLAR with ESPN: Diaa, Fenaux, Humphries, Dietz, Ebrahimianghazani, Kacsmar, Li,
// Lukas, Mahdavi, Oya, Amjadian, Kerschbaum, "Fast and Private Inference of Deep Neural
// Networks by Co-designing Activation Functions", USENIX Security 2024.
//
// Modelled: CrypTen's shares (crypten_backend.cc) with a polynomial in every ReLU's place
// (replaced_relu_degree; 0 keeps the ReLUs). ESPN, section 4: x = x0 + x1, so
//   x^j = sum over i of C(j, i) x0^i x1^(j - i);
// each party raises its own share by itself, and one Beaver exchange multiplies all
// pairs: P(d) = sum over j = 2..d of j + 1 products, two words each way for each, as the
// code opens both operands. Degree 4: 192 bytes each way in one exchange.
//
// Left out: what CrypTen's planner leaves out; the tight variant in which a party does not
// open powers that it knows. Needs retraining.
#include "estimator/protocols/pillar_espn.h"

#include "estimator/protocols/crypten_backend.h"

namespace picost::protocols {
namespace {

class PillarEspnProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    return PlanCrypTen(context, info_.id, Powers::kEspn);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info = CrypTenInfo("pillar-espn");
    info.title = "PILLAR with ESPN";
    info.citation = "Diaa et al., USENIX Security 2024; CrypTen-ESPN";
    info.parameters.push_back(ReplacedReluDegree());
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& PillarEspn() {
  static const PillarEspnProtocol* const protocol = new PillarEspnProtocol;
  return *protocol;
}

}  // namespace picost::protocols
