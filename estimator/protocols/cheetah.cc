// Cheetah: Huang, Lu, Hong, Ding, "Cheetah: Lean and Fast Secure Two-Party Deep
// Neural Network Inference", USENIX Security 2022.
//
// Modelled: the ring variant as OpenCheetah f71d4d4 runs it, silent OT bootstrapped at
// set-up or read from a file; with several threads interactive work is split over as many
// connections (measured with one; the bytes of a thread's set-up are published). Linear layers
// through coefficient-packed RLWE without rotations (section 3), comparisons over Ferret (section
// 4), one-bit-error truncation, approximate ReLU that ignores low bits (the library's default).
// Everything is online; both parties wait for each other, so every call is joint.
//
// Left out: the layer-wise verification of the released code.
//
// Groups and dilation are not in the released code: a grouped convolution is planned
// as its groups one by one, a dilated kernel as the wider kernel with zeros. Products
// of two private values take the cross terms of their shares through the element-wise
// homomorphic product; functions other than ReLU are lowered (share_backend.cc).
#include "estimator/protocols/cheetah.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "estimator/base/status_macros.h"
#include "estimator/primitives/cheetah_steps.h"
#include "estimator/primitives/forms.h"
#include "estimator/protocols/planning.h"
#include "estimator/protocols/share_backend.h"
#include "estimator/protocols/share_planner.h"

namespace picost::protocols {
namespace {

using graph::Node;
using primitives::Executor;
using primitives::Parameters;
using primitives::Phase;
using primitives::Product;

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
        relu_trunc_ignored_bits_(p.Get("relu_trunc_ignored_bits")),
        faithful_(p.Get("faithful_truncation") != 0),
        from_file_(p.Get("silent_ot_from_file") != 0),
        threads_(p.Get("threads")) {}

  absl::Status AddConv(const Node&, const PlainConvolution& conv, bool client_plaintext) override {
    Parameters shape = ShapeParameters(conv);
    shape.Set("client_plaintext_input", client_plaintext ? 1 : 0);
    Add("cheetah.conv", std::move(shape), conv.convolutions);
    return absl::OkStatus();
  }
  absl::Status AddLinear(const Node&, int64_t in_features, int64_t out_features,
                         int64_t rows) override {
    Add("cheetah.fc", {{"in_features", in_features}, {"out_features", out_features}}, rows);
    return absl::OkStatus();
  }
  absl::Status AddPrivateMatMul(const Node&, const graph::PrivateMatMul& product) override {
    Add("cheetah.private_matmul",
        {{"rows", product.rows}, {"inner", product.inner}, {"columns", product.columns}},
        product.batch);
    Note("both cross terms of shares in one exchange");
    return absl::OkStatus();
  }
  void AddChannelScaling(int64_t pixels, int64_t channels) override {
    Add("cheetah.bn", {{"pixels", pixels}}, channels);
  }
  void AddScaling(int64_t n) override { Add("cheetah.ewmul_he", {}, n); }

  void AddSign(int64_t n) override { AddSplit("cheetah.compare", {}, n); }
  void AddMultiplex(int64_t n) override { AddSplit("cheetah.multiplex", {}, n); }
  void AddProduct(int64_t n) override { Add("cheetah.ewmul_he", {}, 2 * n); }
  void AddSquare(int64_t n) override { Add("cheetah.ewmul_he", {}, n); }
  void AddTruncation(int64_t n, int64_t bits) override {
    if (bits == 0) return;
    if (faithful_) AddSplit("cheetah.compare", {}, n);
    AddSplit("cheetah.trunc", {{"truncated_bits", bits}}, n);
  }
  void AddLookup(int64_t index_bits, int64_t n) override {
    AddSplit("cheetah.lookup", {{"index_bits", index_bits}}, n);
  }

  void AddRelu(int64_t n, int64_t surplus) override {
    if (surplus == 0 || faithful_) {
      AddSplit("cheetah.relu", {{"ignored_bits", relu_ignored_bits_}}, n);
      AddTruncation(n, surplus);
    } else {
      AddSplit("cheetah.relu_trunc",
               {{"ignored_bits", relu_trunc_ignored_bits_}, {"truncated_bits", surplus}}, n);
    }
  }
  void AddMaximum(int64_t window, int64_t n) override {
    if (window > 1) AddSplit("cheetah.maxpool", {{"window", window}}, n);
  }
  void AddArgMax(int64_t width, int64_t rows) override {
    Add("cheetah.argmax", {{"width", width}}, rows);
  }
  void AddDivision(int64_t divisor, int64_t n) override {
    AddSplit("cheetah.avgpool", {{"divisor", divisor}}, n);
  }

  absl::Status AddSetup(CallList& setup) override {
    setup.Add(from_file_ ? "cheetah.resumed_setup" : "cheetah.setup", {}, 1, Phase::kSetup,
              Executor::kJoint);
    // A file keeps the correlations of every thread.
    if (!from_file_) {
      setup.Add("cheetah.thread_setup", {}, threads_ - 1, Phase::kSetup, Executor::kJoint);
    }
    return setup.status();
  }
  absl::Status Finish(ProtocolPlan& plan) override {
    AddMemory(plan);
    // Every thread extends after its own part of the draws; on odd ones the roles, and so
    // the directions, are swapped.
    const int64_t yield = Product({primitives::FerretExtensionYield(), threads_});
    std::vector<Refill> refills;
    for (int64_t reversed : {0, 1}) {
      for (int64_t odd : {0, 1}) {
        const int64_t times = odd == 0 ? (threads_ + 1) / 2 : threads_ / 2;
        if (times == 0) continue;
        refills.push_back({.pool = reversed == 0 ? "ferret_straight" : "ferret_reversed",
                           .yield = yield,
                           .primitive = "cheetah.ferret_extension",
                           .parameters = {{"reversed", reversed == odd ? 0 : 1}},
                           .times = times});
      }
    }
    refills.push_back(FilledOnce(primitives::kDivisionPool, "cheetah.division_setup", threads_));
    return RefillPools(refills, plan);
  }

 private:
  void AddMemory(ProtocolPlan& plan) const {
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
         .client = Bytes(threads_ * kFerretBytes),
         .server = Bytes(threads_ * kFerretBytes),
         .note = "for each thread two Ferret instances of 10,608,640 blocks of 16 bytes, one for "
                 "each direction"},
        {.name = "ciphertexts of the largest linear layer",
         .phase = Phase::kOnline,
         .client = Bytes(ciphertexts),
         .server = Bytes(ciphertexts),
         .note = "requests and replies as they travel"}};
  }

  // Split over threads; the parameter is there only where it matters.
  void AddSplit(std::string_view primitive, Parameters parameters, int64_t count) {
    if (threads_ > 1) parameters.Set(primitives::kThreads, threads_);
    Add(primitive, std::move(parameters), count);
  }
  void Add(std::string_view primitive, Parameters parameters, int64_t count) {
    parameters.Set("ring_bits", ring_bits_);
    layer().Add(primitive, std::move(parameters), count, Phase::kOnline, Executor::kJoint);
  }

  const int64_t ring_bits_;
  const int64_t relu_ignored_bits_;
  const int64_t relu_trunc_ignored_bits_;
  const bool faithful_;
  const bool from_file_;
  const int64_t threads_;
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
    info.version = "2";
    info.title = "Cheetah";
    info.citation = "Huang et al., USENIX Security 2022; OpenCheetah f71d4d4";
    info.keeps = "nothing: all work is online; silent OT is refilled while it runs";
    info.leaves_out = "layer-wise verification";
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
        {"faithful_truncation",
         "0: truncation may be off by one in the last bit, from a sign that is known or made so; "
         "1: exact, with a comparison at full width",
         0, 0, 1, "paper, section 4: one-bit error"},
        {"threads", "threads of each party, a connection and silent OT for each", 1, 1, 64,
         "the measured runs; the paper's experiments use 4"},
        {"silent_ot_from_file",
         "1: the set-up reads silent OT that an earlier run left in a file; 0: it bootstraps", 0, 0,
         1, "OpenCheetah, pre_ot_data"},
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
                       "cheetah.resumed_setup",
                       "cheetah.thread_setup",
                       "cheetah.ferret_extension",
                       "cheetah.conv",
                       "cheetah.fc",
                       "cheetah.private_matmul",
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
                       "cheetah.lookup",
                       "shares.gather",
                       "shares.scatter"};
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
