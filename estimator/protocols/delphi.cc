// DELPHI: Mishra, Lehmkuhl, Srinivasan, Zheng, Popa, "Delphi: A Cryptographic
// Inference Service for Neural Networks", USENIX Security 2020.
//
// Modelled: the released code (mc2-project/delphi), server garbles. Offline, per
// inference: for each linear layer the client sends Enc(r), the server answers
// Enc(M r + s); for each ReLU the server garbles and sends a circuit, the client
// takes the labels of its share by ALSZ OT. Online: x - r up, arithmetic in the
// clear, labels down, evaluation. Byte counts are equal to those of Garimella et
// al. (ASPLOS 2023), who ran this code on ResNet-18, ResNet-32 and VGG-16.
//
// The circuit is the code's: a ReLU clipped at 6, on 42 wires for the 41-bit prime
// 2061584302081 = 15 * 2^37 + 1, whose half has 36 trailing zeros (they make most of
// the comparison free). Blocks take 24 and labels 28 bytes as serialised there.
// Truncation is local. Average pooling and additions are local.
//
// Left out: parallel and pipelined layers, the planner that picks quadratic
// activations. Residual additions are not in the code; they add shares and masks,
// for nothing. Images whose padded size is exactly half the slots fail an assertion
// of the code, but published runs have them: they are planned. Max pooling is not
// part of DELPHI; its circuit is derived here.
#include "estimator/protocols/delphi.h"

#include <algorithm>
#include <utility>

#include "estimator/primitives/seal_sizes.h"
#include "estimator/protocols/garbled_planner.h"

namespace picost::protocols {
namespace {

class DelphiProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    return PlanGarbled(context, DelphiOptions(context.parameters, info_.id));
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info;
    info.id = "delphi";
    info.version = "2";
    info.title = "DELPHI";
    info.citation = "Mishra et al., USENIX Security 2020; mc2-project/delphi";
    info.keeps = "masks of linear layers, garbled circuits with their labels, triples of squares";
    info.leaves_out = "parallel layers, the planner for quadratic activations";
    info.status = primitives::FormStatus::kVerified;
    info.parameters = DelphiParameters();
    info.primitives = GarbledPrimitives();
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

std::vector<ProtocolParameter> DelphiParameters() {
  std::vector<ProtocolParameter> parameters = {
      {"field_bits", "bits of the prime modulus", 41, 16, 60, "2061584302081, the code's field"},
      {"prime_trailing_zeros", "trailing zero bits of half the prime", 36, 0, 59, "the same prime"},
      {"exponent_bits", "position of the clip: EXPONENT_CAPACITY of the code", 8, 0, 24,
       "the code's experiments"},
      {"log2_ring_degree", "binary logarithm of the HE ring degree", 13, 12, 15,
       "the code: 8,192 slots"},
      {"data_primes", "primes of a fresh ciphertext, of up to 60 bits each; one more for keys", 4,
       1, 15, "the code: SEAL's default chain for 8,192"},
  };
  for (ProtocolParameter& parameter :
       GarblingParameters(24, 28, "bincode serialisation of the code")) {
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

GarbledOptions DelphiOptions(const primitives::Parameters& parameters, std::string_view id) {
  GarbledOptions options;
  options.id = std::string(id);
  options.field_bits = parameters.Get("field_bits");
  options.circuit.wires = options.field_bits + 1;
  options.circuit.compared_bits =
      std::max<int64_t>(1, options.field_bits - parameters.Get("prime_trailing_zeros"));
  options.circuit.clip_bits = parameters.Get("exponent_bits");
  ReadGarblingParameters(parameters, options);
  options.ring_degree = int64_t{1} << parameters.Get("log2_ring_degree");
  options.data_primes = parameters.Get("data_primes");
  options.request_ciphertext_bytes = primitives::seal::CiphertextBytes(
      options.ring_degree, options.data_primes, primitives::seal::kHeaderBytes3);
  options.reply_ciphertext_bytes = options.request_ciphertext_bytes;
  // 33,180,308 bytes of keys were measured; polynomials make up all but these.
  options.key_framing_bytes = 84'628;
  return options;
}

const Protocol& Delphi() {
  static const DelphiProtocol* const protocol = new DelphiProtocol;
  return *protocol;
}

}  // namespace picost::protocols
