// Cheetah: Huang, Lu, Hong, Ding, "Cheetah: Lean and Fast Secure Two-Party Deep
// Neural Network Inference", USENIX Security 2022.
//
// Modelled: the ring variant as OpenCheetah f71d4d4 runs it, one thread per party,
// silent OT bootstrapped at set-up. Linear layers through coefficient-packed RLWE
// without rotations (section 3), comparisons over Ferret (section 4), one-bit-error
// truncation, approximate ReLU that ignores low bits (the library's default).
// Everything is online; both parties wait for each other, so every call is joint.
//
// Left out: the layer-wise verification of the released code, reuse of silent OT
// from a file, more than one thread (each would bring its own OTs).
//
// Groups and dilation are not in the released code: a grouped convolution is planned
// as its groups one by one, a dilated kernel as the wider kernel with zeros. Products
// of two private values take the cross terms of their shares through the element-wise
// homomorphic product; functions other than ReLU are lowered (share_backend.cc).
#include "estimator/protocols/cheetah.h"

#include <algorithm>
#include <utility>

#include "estimator/base/status_macros.h"
#include "estimator/primitives/cheetah_steps.h"
#include "estimator/protocols/planning.h"
#include "estimator/protocols/share_backend.h"
#include "estimator/protocols/share_planner.h"

namespace picost::protocols {
namespace {

using graph::Node;
using primitives::Executor;
using primitives::Parameters;
using primitives::Phase;

// Memory of the two Ferret instances: 10,608,640 blocks of 16 bytes each.
constexpr int64_t kFerretBytes = 2 * 10'608'640 * int64_t{16};
// A polynomial of 4,096 coefficients modulo both primes (60 and 49 bits).
constexpr int64_t kPolynomialBytes = 2 * 4'096 * int64_t{8};

class CheetahBackend : public ShareBackend {
 public:
  explicit CheetahBackend(const Parameters& p)
      : ShareBackend(p.Get("fraction_bits")),
        ring_bits_(p.Get("ring_bits")),
        relu_ignored_bits_(p.Get("relu_ignored_bits")),
        relu_trunc_ignored_bits_(p.Get("relu_trunc_ignored_bits")) {}

  absl::Status AddConv(const Node&, const PlainConvolution& conv, bool client_plaintext) override {
    Add("cheetah.conv",
        {{"in_channels", conv.in_channels},
         {"out_channels", conv.out_channels},
         {"height", conv.height},
         {"width", conv.width},
         {"kernel_height", conv.kernel_height},
         {"kernel_width", conv.kernel_width},
         {"stride_height", conv.stride_height},
         {"stride_width", conv.stride_width},
         {"pad_top", conv.pad_top},
         {"pad_bottom", conv.pad_bottom},
         {"pad_left", conv.pad_left},
         {"pad_right", conv.pad_right},
         {"client_plaintext_input", client_plaintext ? 1 : 0}},
        conv.convolutions);
    return absl::OkStatus();
  }
  absl::Status AddLinear(const Node&, int64_t in_features, int64_t out_features,
                         int64_t rows) override {
    Add("cheetah.fc", {{"in_features", in_features}, {"out_features", out_features}}, rows);
    return absl::OkStatus();
  }
  void AddChannelScaling(int64_t pixels, int64_t channels) override {
    Add("cheetah.bn", {{"pixels", pixels}}, channels);
  }
  void AddScaling(int64_t n) override { Add("cheetah.ewmul_he", {}, n); }

  void AddSign(int64_t n) override { Add("cheetah.compare", {}, n); }
  void AddMultiplex(int64_t n) override { Add("cheetah.multiplex", {}, n); }
  void AddProduct(int64_t n) override { Add("cheetah.ewmul_he", {}, 2 * n); }
  void AddSquare(int64_t n) override { Add("cheetah.ewmul_he", {}, n); }
  void AddTruncation(int64_t n, int64_t bits) override {
    if (bits > 0) Add("cheetah.trunc", {{"truncated_bits", bits}}, n);
  }
  void AddLookup(int64_t index_bits, int64_t n) override {
    Add("cheetah.lookup", {{"index_bits", index_bits}}, n);
  }

  void AddRelu(int64_t n, int64_t surplus) override {
    if (surplus == 0) {
      Add("cheetah.relu", {{"ignored_bits", relu_ignored_bits_}}, n);
    } else {
      Add("cheetah.relu_trunc",
          {{"ignored_bits", relu_trunc_ignored_bits_}, {"truncated_bits", surplus}}, n);
    }
  }
  void AddMaximum(int64_t window, int64_t n) override {
    if (window > 1) Add("cheetah.maxpool", {{"window", window}}, n);
  }
  void AddArgMax(int64_t width, int64_t rows) override {
    Add("cheetah.argmax", {{"width", width}}, rows);
  }
  void AddDivision(int64_t divisor, int64_t n) override {
    Add("cheetah.avgpool", {{"divisor", divisor}}, n);
  }

  absl::Status AddSetup(CallList& setup) override {
    setup.Add("cheetah.setup", {}, 1, Phase::kSetup, Executor::kJoint);
    return setup.status();
  }
  absl::Status Finish(ProtocolPlan& plan) override {
    AddMemory(plan);
    const int64_t yield = primitives::FerretExtensionYield();
    return RefillPools({{"ferret_straight", yield, "cheetah.ferret_extension", {{"reversed", 0}}},
                        {"ferret_reversed", yield, "cheetah.ferret_extension", {{"reversed", 1}}},
                        FilledOnce(primitives::kDivisionPool, "cheetah.division_setup")},
                       plan);
  }

 private:
  static void AddMemory(ProtocolPlan& plan) {
    int64_t ciphertexts = 0;
    for (const LayerPlan& layer : plan.layers) {
      for (const primitives::PrimitiveCall& call : layer.calls) {
        if (OperationsOf(call).ciphertext_products == 0) continue;
        ciphertexts = std::max(ciphertexts, call.traffic.client_to_server.value() +
                                                call.traffic.server_to_client.value());
      }
    }
    plan.memory = {
        {.name = "keys",
         .phase = Phase::kSetup,
         .client = Bytes(kPolynomialBytes),
         .server = Bytes(2 * kPolynomialBytes),
         .note = "client: the secret key; server: the public key; nothing is rotated"},
        {.name = "silent OT",
         .phase = Phase::kSetup,
         .client = Bytes(kFerretBytes),
         .server = Bytes(kFerretBytes),
         .note = "two Ferret instances of 10,608,640 blocks of 16 bytes, one for each direction"},
        {.name = "ciphertexts of the largest linear layer",
         .phase = Phase::kOnline,
         .client = Bytes(ciphertexts),
         .server = Bytes(ciphertexts),
         .note = "requests and replies as they travel"}};
  }

  void Add(std::string_view primitive, Parameters parameters, int64_t count) {
    parameters.Set("ring_bits", ring_bits_);
    layer().Add(primitive, std::move(parameters), count, Phase::kOnline, Executor::kJoint);
  }

  const int64_t ring_bits_;
  const int64_t relu_ignored_bits_;
  const int64_t relu_trunc_ignored_bits_;
};

class CheetahProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    const Parameters& p = context.parameters;
    CheetahBackend backend(p);
    return PlanShared(context,
                      {.id = info_.id,
                       .ring_bits = p.Get("ring_bits"),
                       .fraction_bits = p.Get("fraction_bits"),
                       .divides_average = p.Get("average_pool_division") != 0,
                       .truncation = static_cast<TruncationPlacement>(p.Get("early_truncation"))},
                      backend);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info;
    info.id = "cheetah";
    info.version = "1";
    info.title = "Cheetah";
    info.citation = "Huang et al., USENIX Security 2022; OpenCheetah f71d4d4";
    info.keeps = "nothing: all work is online; silent OT is refilled while it runs";
    info.leaves_out = "layer-wise verification, several threads, silent OT kept in a file";
    info.status = primitives::FormStatus::kEmpirical;
    info.parameters = {
        {"ring_bits", "bit width of the ring", 37, 32, 44,
         "CIFAR and ImageNet networks of the paper"},
        {"fraction_bits", "fraction bits of the fixed-point numbers", 12, 4, 16,
         "paper, section 6"},
        {"relu_ignored_bits", "low bits that a ReLU's comparison ignores", 12, 0, 24,
         "OpenCheetah: the fraction bits"},
        {"relu_trunc_ignored_bits", "low bits that a ReLU followed by truncation ignores", 18, 0,
         24, "OpenCheetah: one and a half times the fraction bits"},
        {"average_pool_division",
         "1: average pooling divides interactively; 0: the divisor is folded into weights", 1, 0, 1,
         "OpenCheetah"},
        {"early_truncation",
         "0: truncates as late as is exact (at the ReLU, across additions); 1: right after every "
         "product; 2: at the ReLU, but not across additions",
         0, 0, 2, "SCI and OpenCheetah truncate at the ReLU"},
    };
    info.primitives = {"cheetah.setup",
                       "cheetah.division_setup",
                       "cheetah.ferret_extension",
                       "cheetah.conv",
                       "cheetah.fc",
                       "cheetah.bn",
                       "cheetah.ewmul_he",
                       "cheetah.relu",
                       "cheetah.relu_trunc",
                       "cheetah.trunc",
                       "cheetah.maxpool",
                       "cheetah.avgpool",
                       "cheetah.argmax",
                       "cheetah.compare",
                       "cheetah.multiplex",
                       "cheetah.lookup"};
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& Cheetah() {
  static const CheetahProtocol* const protocol = new CheetahProtocol;
  return *protocol;
}

}  // namespace picost::protocols
