// GAZELLE: Juvekar, Vaikuntanathan, Chandrakasan, "GAZELLE: A Low Latency Framework
// for Secure Neural Network Inference", USENIX Security 2018.
//
// Modelled: linear layers wholly online under packed additively homomorphic
// encryption, one ciphertext of C_n channels at a time, the cheaper of rotating
// inputs or outputs (simd_packing.cc); ReLUs in garbled circuits whose tables are sent
// beforehand. The client cannot know its share before the input, so the OT of its
// labels is online. Structure after the code that DELPHI and CrypTFlow2 inherited;
// sizes from the paper's parameters (2,048 slots, a 60-bit modulus, 20-bit
// plaintexts). No byte of it was compared with a measurement.
//
// Left out: hoisting (shared decompositions of one ciphertext's rotations cost about
// a third), windowed plaintexts, padding of the first layer.
#include "estimator/protocols/gazelle.h"

#include <utility>

#include "estimator/primitives/seal_sizes.h"
#include "estimator/protocols/garbled_planner.h"

namespace picost::protocols {
namespace {

class GazelleProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    GarbledOptions options;
    options.id = info_.id;
    options.field_bits = context.parameters.Get("field_bits");
    options.circuit.wires = options.field_bits + 1;
    options.circuit.compared_bits = options.field_bits;
    options.circuit.clip_bits = -1;
    ReadGarblingParameters(context.parameters, options);
    options.linear_offline = false;
    options.packing = Packing::kGazelle;
    options.ring_degree = int64_t{1} << context.parameters.Get("log2_ring_degree");
    options.data_primes = context.parameters.Get("data_primes");
    // Seeded symmetric encryption up, full ciphertexts down, as SEAL serialises them.
    options.request_ciphertext_bytes = primitives::seal::SeededCiphertextBytes(
        options.ring_degree, options.data_primes, primitives::seal::kHeaderBytes4);
    options.reply_ciphertext_bytes = primitives::seal::CiphertextBytes(
        options.ring_degree, options.data_primes, primitives::seal::kHeaderBytes4);
    options.element_bytes = 8;
    options.message_bytes = 0;
    return PlanGarbled(context, options);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info;
    info.id = "gazelle";
    info.version = "2";
    info.title = "GAZELLE";
    info.citation = "Juvekar et al., USENIX Security 2018";
    info.keeps =
        "garbled circuits and the labels of inputs that are still open; linear layers keep nothing";
    info.leaves_out = "hoisted rotations, windowed plaintexts";
    info.status = primitives::FormStatus::kDerived;
    info.parameters = {
        {"field_bits", "bits of the plaintext modulus", 20, 16, 60, "paper, section 9"},
        {"log2_ring_degree", "binary logarithm of the ring degree", 11, 11, 15,
         "paper, section 9: 2,048 slots"},
        {"data_primes", "primes of a ciphertext, of up to 60 bits each", 1, 1, 8,
         "paper, section 9: a 60-bit modulus"},
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

const Protocol& Gazelle() {
  static const GazelleProtocol* const protocol = new GazelleProtocol;
  return *protocol;
}

}  // namespace picost::protocols
