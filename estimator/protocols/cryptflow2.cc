// CrypTFlow2: Rathee, Rathee, Kumar, Chandran, Gupta, Rastogi, Sharma, "CrypTFlow2:
// Practical 2-Party Secure Inference", CCS 2020.
//
// Modelled: the SCI library. With several threads interactive work is split over as many
// connections, the roles swapped on odd ones; measured with one.
//   cryptflow2-he  prime field; SIMD-packed BFV; as OpenCheetah f71d4d4 builds SCI_HE,
//                  every interactive step equal to the measured bytes and rounds
//   cryptflow2-ot  ring; linear layers by correlated OT; the build for wide-area
//                  networks (EzPC), equal to the published server bytes of
//                  convolution, ReLU and max pooling
// Everything is online; both parties wait for each other, so every call is joint.
// Truncation is faithful. Where a ReLU follows, its sign serves the truncation.
//
// Left out: the fused packing of several images.
#include "estimator/protocols/cryptflow2.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
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

// Steps that both variants have under the same names; `prefix` tells them apart.
class SciBackend : public ShareBackend {
 public:
  SciBackend(const Parameters& p, std::string prefix, std::string width_name)
      : ShareBackend(p.Get("fraction_bits")),
        prefix_(std::move(prefix)),
        width_name_(std::move(width_name)),
        width_(p.Get(width_name_)),
        threads_(p.Get("threads")) {}

  void AddSign(int64_t n) override { AddSplit("compare", {}, n); }
  void AddMultiplex(int64_t n) override { AddSplit("multiplex", {}, n); }
  void AddTruncation(int64_t n, int64_t bits) override {
    if (bits > 0) AddSplit("trunc", {{"truncated_bits", bits}}, n);
  }
  void AddLookup(int64_t index_bits, int64_t n) override {
    AddSplit("lookup", {{"index_bits", index_bits}}, n);
  }
  void AddRelu(int64_t n, int64_t surplus) override {
    if (surplus == 0) {
      AddSplit("relu", {}, n);
    } else {
      AddSplit("relu_trunc", {{"truncated_bits", surplus}}, n);
    }
  }
  void AddMaximum(int64_t window, int64_t n) override {
    if (window > 1) AddSplit("maxpool", {{"window", window}}, n);
  }
  void AddArgMax(int64_t width, int64_t rows) override { Add("argmax", {{"width", width}}, rows); }
  void AddDivision(int64_t divisor, int64_t n) override {
    AddSplit("avgpool", {{"divisor", divisor}}, n);
  }
  void AddChannelScaling(int64_t pixels, int64_t channels) override {
    AddScaling(pixels * channels);
  }

 protected:
  // Split over threads; the parameter is there only where it matters.
  void AddSplit(std::string_view step, Parameters parameters, int64_t count) {
    if (threads_ > 1) parameters.Set(primitives::kThreads, threads_);
    Add(step, std::move(parameters), count);
  }
  int64_t threads() const { return threads_; }
  // Base OTs of `times` connections: eight KKOT instances of 256 and two IKNP of 128, as
  // Naor-Pinkas sends them, 65 bytes of point and 32 of messages for each; derived.
  static void AddBaseOts(int64_t times, CallList& setup) {
    setup.Add("ot.setup",
              {{"sender_bytes", 65 * (8 * 256 + 2 * 128)},
               {"receiver_bytes", 97 * (8 * 256 + 2 * 128)},
               {"flights", 20},
               {"sender_is_client", 0}},
              times, Phase::kSetup, Executor::kJoint);
  }
  void Add(std::string_view step, Parameters parameters, int64_t count) {
    parameters.Set(width_name_, width_);
    AddPlain(step, std::move(parameters), count);
  }
  // Without the element's width.
  void AddPlain(std::string_view step, Parameters parameters, int64_t count) {
    layer().Add(absl::StrCat(prefix_, std::string(step)), std::move(parameters), count,
                Phase::kOnline, Executor::kJoint);
  }

 private:
  const std::string prefix_;
  const std::string width_name_;
  const int64_t width_;
  const int64_t threads_;
};

// Seeds of the base OTs: eight KKOT instances of 256, IKNP of 128 in both directions.
// Its sender keeps one seed of a base OT and its choices, its receiver both seeds.
primitives::MemoryItem BaseOts(int64_t threads) {
  constexpr int64_t kSeed = 16;
  return {.name = "base OTs",
          .phase = Phase::kSetup,
          .client = Bytes(threads * ((8 * 256 + 128) * 2 * kSeed + 128 * kSeed + 128 / 8)),
          .server = Bytes(threads * ((8 * 256 + 128) * (kSeed + 1) + 128 * 2 * kSeed)),
          .note = "seeds of eight KKOT instances and of IKNP in both directions"};
}

class FieldBackend : public SciBackend {
 public:
  FieldBackend(const Parameters& p, std::string id)
      : SciBackend(p, "sci_field.", "field_bits"), id_(std::move(id)) {}

  absl::Status AddConv(const Node& node, const PlainConvolution& conv, bool) override {
    const int64_t height = conv.height + conv.pad_top + conv.pad_bottom;
    const int64_t width = conv.width + conv.pad_left + conv.pad_right;
    const int64_t slots = NextPowerOfTwo(
        Product({CeilDiv(height, conv.stride_height), CeilDiv(width, conv.stride_width)}));
    if (slots > 32'768) {
      return Refuse(id_, node,
                    absl::StrCat("one channel takes ", slots,
                                 " slots after padding; its packing holds at most 32768"),
                    "Use smaller images, or a protocol with another packing");
    }
    AddPlain("conv", ShapeParameters(conv), conv.convolutions);
    return absl::OkStatus();
  }
  // Wider matrices are cut into blocks of 8,192 by 8,192 whose results are added.
  absl::Status AddLinear(const Node&, int64_t in_features, int64_t out_features,
                         int64_t rows) override {
    constexpr int64_t kSlots = 8192;
    const int64_t blocks_in = CeilDiv(in_features, kSlots);
    const int64_t blocks_out = CeilDiv(out_features, kSlots);
    if (blocks_in * blocks_out > 1) Note("matrix cut into blocks of 8192: derived");
    AddPlain("fc",
             {{"in_features", CeilDiv(in_features, blocks_in)},
              {"out_features", CeilDiv(out_features, blocks_out)}},
             Product({rows, blocks_in, blocks_out}));
    return absl::OkStatus();
  }
  absl::Status AddPrivateMatMul(const Node& node, const graph::PrivateMatMul& product) override {
    constexpr int64_t kSlots = 8192;
    for (int64_t side : {product.rows, product.inner, product.columns}) {
      if (side <= kSlots) continue;
      return Refuse(id_, node,
                    absl::StrCat("a side of ", side, "; its packing holds at most ", kSlots),
                    "Split the product, or use a protocol with another packing");
    }
    AddPlain("private_matmul",
             {{"rows", product.rows}, {"inner", product.inner}, {"columns", product.columns}},
             product.batch);
    Note("both cross terms of shares in one exchange");
    return absl::OkStatus();
  }
  void AddScaling(int64_t n) override { AddPlain("ewmul_he", {}, n); }
  void AddProduct(int64_t n) override { AddPlain("ewmul_he", {}, 2 * n); }
  void AddSquare(int64_t n) override { AddPlain("ewmul_he", {}, n); }

  absl::Status AddSetup(CallList& setup) override {
    setup.Add("sci_field.setup", {}, 1, Phase::kSetup, Executor::kJoint);
    AddBaseOts(threads() - 1, setup);
    return setup.status();
  }
  // The first truncation or average pooling of a connection sets its OTs up.
  absl::Status Finish(ProtocolPlan& plan) override {
    plan.memory = {Keys(), BaseOts(threads())};
    return RefillPools(
        {FilledOnce(primitives::kDivisionPool, "sci_field.division_setup", threads())}, plan);
  }

 private:
  // Convolutions make keys for N = 8,192 and 65,536, matrices and element-wise products
  // for 8,192 again: 2 (log2 N - 1) rotation keys of three digits, each two polynomials
  // over four primes, out of their seeds (490.7 MB, twice what travels).
  static primitives::MemoryItem Keys() {
    constexpr int64_t kWord = 8;
    const auto switching = [](int64_t degree) {
      return Product({2 * (CeilLog2(degree) - 1), 3, 2, 4, degree, kWord});
    };
    return {.name = "keys",
            .phase = Phase::kSetup,
            .client = Bytes((3 * 8'192 + 65'536) * 4 * kWord),
            .server = Bytes(3 * switching(8'192) + switching(65'536)),
            .note = "client: secret keys of four instances; server: their rotation keys"};
  }

  const std::string id_;
};

class RingBackend : public SciBackend {
 public:
  explicit RingBackend(const Parameters& p) : SciBackend(p, "sci_ring.", "ring_bits") {}

  // Every input element of the unfolded matrix (a column for each output pixel, a row
  // for each kernel position and channel) takes part in out_channels products.
  absl::Status AddConv(const Node&, const PlainConvolution& conv, bool) override {
    Add("matmul", {{"outputs", conv.out_channels}},
        Product({conv.convolutions, conv.in_channels, conv.taps, OutputPixels(conv)}));
    return absl::OkStatus();
  }
  absl::Status AddLinear(const Node&, int64_t in_features, int64_t out_features,
                         int64_t rows) override {
    Add("matmul", {{"outputs", out_features}}, Product({in_features, rows}));
    return absl::OkStatus();
  }
  void AddScaling(int64_t n) override { Add("matmul", {{"outputs", 1}}, n); }
  void AddProduct(int64_t n) override { Add("product", {}, n); }
  void AddSquare(int64_t n) override { Add("matmul", {{"outputs", 1}}, n); }

  absl::Status AddSetup(CallList& setup) override {
    AddBaseOts(threads(), setup);
    return setup.status();
  }
  absl::Status Finish(ProtocolPlan& plan) override {
    plan.memory = {BaseOts(threads())};
    return absl::OkStatus();
  }
};

ProtocolInfo BaseInfo(std::string id, std::string title, std::string prefix) {
  ProtocolInfo info;
  info.id = std::move(id);
  info.version = "2";
  info.title = std::move(title);
  info.keeps = "nothing: all work is online";
  info.leaves_out = "several images in one ciphertext";
  info.parameters = {
      {"fraction_bits", "fraction bits of the fixed-point numbers", 12, 4, 16, "paper, section 8"},
      {"threads", "threads of each party, a connection for each; roles swap on odd ones", 1, 1, 64,
       "the measured runs; the paper's experiments use 4"},
      {"average_pool_division",
       "1: average pooling divides interactively; 0: the divisor is folded into weights", 1, 0, 1,
       "SCI"},
      {"early_truncation",
       "0: truncates as late as is exact (at the ReLU, across additions); 1: right after every "
       "product; 2: at the ReLU, but not across additions",
       0, 0, 2, "SCI and OpenCheetah truncate at the ReLU"}};
  for (const char* step : {"relu", "relu_trunc", "trunc", "maxpool", "avgpool", "argmax", "compare",
                           "multiplex", "lookup"}) {
    info.primitives.push_back(prefix + step);
  }
  info.primitives.push_back("shares.gather");
  info.primitives.push_back("shares.scatter");
  return info;
}

SharePlanOptions Options(const std::string& id, const Parameters& p, int64_t width) {
  return {.id = id,
          .ring_bits = width,
          .fraction_bits = p.Get("fraction_bits"),
          .divides_average = p.Get("average_pool_division") != 0,
          .truncation = static_cast<TruncationPlacement>(p.Get("early_truncation"))};
}

class HeProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    FieldBackend backend(context.parameters, info_.id);
    return PlanShared(context,
                      Options(info_.id, context.parameters, context.parameters.Get("field_bits")),
                      backend);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info =
        BaseInfo("cryptflow2-he", "CrypTFlow2, homomorphic linear layers", "sci_field.");
    info.citation = "Rathee et al., CCS 2020; OpenCheetah f71d4d4 built as SCI_HE";
    info.status = primitives::FormStatus::kVerified;
    info.parameters.insert(info.parameters.begin(),
                           {"field_bits", "bits of the prime modulus", 37, 32, 41,
                            "CIFAR and ImageNet networks of the measured runs"});
    for (const char* id :
         {"sci_field.setup", "sci_field.division_setup", "sci_field.conv", "sci_field.fc",
          "sci_field.private_matmul", "sci_field.ewmul_he", "ot.setup"}) {
      info.primitives.push_back(id);
    }
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

class OtProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    RingBackend backend(context.parameters);
    return PlanShared(context,
                      Options(info_.id, context.parameters, context.parameters.Get("ring_bits")),
                      backend);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info =
        BaseInfo("cryptflow2-ot", "CrypTFlow2, oblivious transfer alone", "sci_ring.");
    info.citation = "Rathee et al., CCS 2020; EzPC SCI_OT, issue 204";
    info.status = primitives::FormStatus::kDerived;
    info.parameters.insert(info.parameters.begin(), {"ring_bits", "bit width of the ring", 37, 32,
                                                     60, "ResNet-50 of EzPC issue 204"});
    for (const char* id : {"ot.setup", "sci_ring.matmul", "sci_ring.product"}) {
      info.primitives.push_back(id);
    }
    return info;
  }
  const ProtocolInfo info_ = MakeInfo();
};

}  // namespace

const Protocol& CrypTFlow2He() {
  static const HeProtocol* const protocol = new HeProtocol;
  return *protocol;
}

const Protocol& CrypTFlow2Ot() {
  static const OtProtocol* const protocol = new OtProtocol;
  return *protocol;
}

}  // namespace picost::protocols
