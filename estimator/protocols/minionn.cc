// MiniONN: Liu, Juuti, Lu, Asokan, "Oblivious Neural Network Predictions via MiniONN
// Transformations", CCS 2017; skip connections as Ghodsi, Veldanda, Reagen, Garg
// added them for CryptoNAS (NeurIPS 2020).
//
// Modelled: offline, dot-product triplets by SIMD additively homomorphic encryption
// on random r: elements fill ciphertexts without rotations; the multiply-adds of a
// layer fill products; one reply for each block of outputs. Online, x - r up,
// arithmetic in the clear, ReLUs in garbled circuits that are garbled, transferred and
// evaluated online, as the original measured them, over a 32-bit ring. A skip
// connection adds shares; the next layer's r is the sum of both.
// No byte of it was compared with a measurement.
//
// Left out: smooth activations by piecewise polynomials.
#include "estimator/protocols/minionn.h"

#include "estimator/protocols/delphi.h"
#include "estimator/protocols/garbled_planner.h"

namespace picost::protocols {
namespace {

class MiniOnnProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    GarbledOptions options;
    options.id = info_.id;
    options.field_bits = context.parameters.Get("ring_bits");
    options.circuit.ring = true;
    options.circuit.wires = options.field_bits;
    options.circuit.block_bytes = 16;
    options.circuit.label_bytes = 16;
    options.garbling_offline = context.parameters.Get("garbling_offline") != 0;
    options.packing = Packing::kElements;
    options.ring_degree = 4096;
    options.data_primes = 2;
    options.request_ciphertext_bytes = 2 * options.ring_degree * 2 * 8 + 113;
    options.reply_ciphertext_bytes = options.request_ciphertext_bytes;
    options.element_bytes = (options.field_bits + 7) / 8;
    options.message_bytes = 0;
    return PlanGarbled(context, options);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info;
    info.id = "minionn";
    info.version = "1";
    info.title = "MiniONN with skip connections";
    info.citation = "Liu et al., CCS 2017; Ghodsi et al. (CryptoNAS), NeurIPS 2020";
    info.keeps = "masks of linear layers; circuits too where they are garbled beforehand";
    info.leaves_out = "piecewise polynomial activations";
    info.status = primitives::FormStatus::kDerived;
    info.parameters = {
        {"ring_bits", "bit width of the shares", 32, 16, 64, "paper, section 6"},
        {"garbling_offline", "1: tables are sent beforehand; 0: online, as it was measured", 0, 0,
         1, "paper, section 6"},
    };
    info.primitives = GarbledPrimitives();
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& MiniOnn() {
  static const MiniOnnProtocol* const protocol = new MiniOnnProtocol;
  return *protocol;
}

}  // namespace picost::protocols
