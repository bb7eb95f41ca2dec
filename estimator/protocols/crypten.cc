// CrypTen: Knott, Venkataraman, Hannun, Sengupta, Ibrahim, van der Maaten, "CrypTen:
// Secure Multi-Party Computation Meets Machine Learning", NeurIPS 2021.
//
// Modelled: two parties, 64-bit ring, a trusted dealer for triples; online work as the
// code does it (crypten_backend.cc). A polynomial activation takes its products and
// squares one after the other, unless it names a scheme of its own.
//
// Left out: the dealer's work and how triples come to the parties (what they keep of
// them is there); in their place a real offline phase would send about 15 kB for each
// ReLU. Byte counts are from the code, unmeasured.
#include "estimator/protocols/crypten.h"

#include "estimator/protocols/crypten_backend.h"

namespace picost::protocols {
namespace {

class CrypTenProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    return PlanCrypTen(context, info_.id, Powers::kOneByOne);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info = CrypTenInfo("crypten");
    info.title = "CrypTen";
    info.citation = "Knott et al., NeurIPS 2021";
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& CrypTen() {
  static const CrypTenProtocol* const protocol = new CrypTenProtocol;
  return *protocol;
}

}  // namespace picost::protocols
