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

#include <utility>

#include "estimator/primitives/seal_sizes.h"
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
    ReadGarblingParameters(context.parameters, options);
    options.garbling_offline = context.parameters.Get("garbling_offline") != 0;
    options.packing = Packing::kElements;
    options.ring_degree = int64_t{1} << context.parameters.Get("log2_ring_degree");
    options.data_primes = context.parameters.Get("data_primes");
    options.request_ciphertext_bytes = primitives::seal::CiphertextBytes(
        options.ring_degree, options.data_primes, primitives::seal::kHeaderBytes4);
    options.reply_ciphertext_bytes = options.request_ciphertext_bytes;
    options.element_bytes = (options.field_bits + 7) / 8;
    options.message_bytes = 0;
    return PlanGarbled(context, options);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info;
    info.id = "minionn";
    info.version = "2";
    info.title = "MiniONN with skip connections";
    info.citation = "Liu et al., CCS 2017; Ghodsi et al. (CryptoNAS), NeurIPS 2020";
    info.keeps = "masks of linear layers; circuits too where they are garbled beforehand";
    info.leaves_out = "piecewise polynomial activations";
    info.status = primitives::FormStatus::kDerived;
    info.parameters = {
        {"ring_bits", "bit width of the shares", 32, 16, 64, "paper, section 6"},
        {"garbling_offline", "1: tables are sent beforehand; 0: online, as it was measured", 0, 0,
         1, "paper, section 6"},
        {"log2_ring_degree", "binary logarithm of the HE ring degree", 12, 11, 15,
         "paper, section 6: 4,096 slots"},
        {"data_primes", "primes of a ciphertext, of up to 60 bits each", 2, 1, 15,
         "two hold a 32-bit plaintext with the noise of one product"},
    };
    for (ProtocolParameter& parameter : GarblingParameters(16, 16, "packed tightly")) {
      info.parameters.push_back(std::move(parameter));
    }
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
