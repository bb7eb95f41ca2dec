// CrypTFlow2 with homomorphic linear layers: Rathee, Rathee, Kumar, Chandran, Gupta, Rastogi,
// Sharma, "CrypTFlow2: Practical 2-Party Secure Inference", CCS 2020.
//
// Modelled: the SCI library over a prime field as OpenCheetah f71d4d4 builds SCI_HE;
// linear layers by SIMD-packed BFV (section 6 of the paper, LinearHE of the code, forms in
// estimator/primitives/sci_linear.cc), comparisons and faithful truncation by OT (sections
// 3 to 5, sci_steps.cc): every step equal to the measured bytes and rounds. Where a ReLU
// follows, its sign serves the truncation. Everything is online; both parties wait for
// each other, so every call is joint. With several threads interactive work is split over
// as many connections, the roles swapped on odd ones; measured with one.
//
// Left out: the packing of several images into one ciphertext. Products of two private
// matrices are not in the library: cross terms by its matrix packing, derived.
#include "estimator/protocols/cryptflow2_he.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/primitives/forms.h"
#include "estimator/protocols/planning.h"
#include "estimator/protocols/sci_backend.h"

namespace picost::protocols {
namespace {

using graph::Node;
using primitives::Parameters;
using primitives::Product;

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
    setup.Add("sci_field.setup", {}, 1, primitives::Phase::kSetup, primitives::Executor::kJoint);
    AddBaseOts(threads() - 1, setup);
    return setup.status();
  }
  // The first truncation or average pooling of a connection sets its OTs up.
  absl::Status Finish(ProtocolPlan& plan) override {
    plan.memory = {Keys(), SciBaseOts(threads())};
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
            .phase = primitives::Phase::kSetup,
            .client = Bytes((3 * 8'192 + 65'536) * 4 * kWord),
            .server = Bytes(3 * switching(8'192) + switching(65'536)),
            .note = "client: secret keys of four instances; server: their rotation keys"};
  }

  const std::string id_;
};

class HeProtocol : public Protocol {
 public:
  const ProtocolInfo& info() const override { return info_; }
  absl::StatusOr<ProtocolPlan> PlanGraph(const PlanContext& context) const override {
    FieldBackend backend(context.parameters, info_.id);
    return PlanShared(
        context, SciOptions(info_.id, context.parameters, context.parameters.Get("field_bits")),
        backend);
  }

 private:
  static ProtocolInfo MakeInfo() {
    ProtocolInfo info =
        SciInfo("cryptflow2-he", "CrypTFlow2, homomorphic linear layers", "sci_field.");
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

}  // namespace

const Protocol& CrypTFlow2He() {
  static const HeProtocol* const protocol = new HeProtocol;
  return *protocol;
}

}  // namespace picost::protocols
