// Online work as CrypTen's code does it (mpc/primitives, common/functions): products open
// masked operands in both directions at once (Beaver, CRYPTO 1991); truncation by two
// parties divides each share; a ReLU is a sign of eight exchanges and a product; maxima
// are a tree; means divide locally. Traffic of each step: estimator/primitives/crypten.cc
// and secret_sharing.cc.
#include "estimator/protocols/crypten_backend.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
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

constexpr int64_t kWordBytes = 8;
constexpr int64_t kRingBits = 64;

class CrypTenBackend : public ShareBackend {
 public:
  CrypTenBackend(const Parameters& p, std::string id, Powers powers)
      : ShareBackend(p.Get("fraction_bits")),
        id_(std::move(id)),
        powers_(powers),
        opens_weights_(p.Get("open_weights") != 0),
        grouped_(p.GetOr("grouped", 0) != 0) {}

  absl::Status AddConv(const Node&, const PlainConvolution& conv, bool) override {
    const int64_t weights = Product({conv.in_channels, conv.out_channels, conv.taps});
    AddBeaverLinear(Product({conv.convolutions, conv.in_channels, conv.height, conv.width}),
                    weights, Product({conv.convolutions, conv.out_channels, OutputPixels(conv)}),
                    Product({conv.convolutions, weights, OutputPixels(conv)}));
    return absl::OkStatus();
  }
  absl::Status AddLinear(const Node&, int64_t in_features, int64_t out_features,
                         int64_t rows) override {
    const int64_t weights = Product({in_features, out_features});
    AddBeaverLinear(Product({in_features, rows}), weights, Product({out_features, rows}),
                    Product({weights, rows}));
    return absl::OkStatus();
  }
  void AddChannelScaling(int64_t pixels, int64_t channels) override {
    AddScaling(pixels * channels);
  }
  void AddScaling(int64_t n) override { AddProduct(n); }

  // X - A and Y - B are opened at once; then each party multiplies in the clear.
  absl::Status AddPrivateMatMul(const Node&, const graph::PrivateMatMul& product) override {
    const int64_t operands =
        Product({product.batch, product.inner, primitives::Sum({product.rows, product.columns})});
    AddOpenings(operands);
    AddLocalProducts(Product({product.batch, product.rows, product.inner, product.columns}));
    KeepWords(operands, Product({product.batch, product.rows, product.columns}));
    return absl::OkStatus();
  }

  // The dealer's part of a sign: three words for each of 13 ANDs, a random bit shared in
  // both ways.
  void AddSign(int64_t n) override {
    Add("crypten.sign", {{"field", 0}}, n);
    KeepWords(Product({3 * 13 + 2, n}), 0);
  }
  void AddMultiplex(int64_t n) override { AddProduct(n); }
  void AddProduct(int64_t n) override {
    Add("beaver.multiply", {{"element_bytes", kWordBytes}, {"field", 0}}, n);
    KeepWords(Product({2, n}), n);
  }
  void AddSquare(int64_t n) override {
    Add("beaver.powers", {{"element_bytes", kWordBytes}, {"field", 0}, {"degree", 2}}, n);
    KeepWords(n, n);
  }
  void AddTruncation(int64_t, int64_t) override {}  // each party divides its share
  // Tables are not part of it: what uses them is overridden.
  void AddLookup(int64_t, int64_t) override {}

  void AddRelu(int64_t n, int64_t) override {
    AddSign(n);
    AddProduct(n);
  }
  // Pairs, then pairs of the winners: each level a sign and a product.
  void AddMaximum(int64_t window, int64_t n) override {
    for (int64_t width = window; width > 1; width -= width / 2) AddRelu(width / 2 * n, 0);
  }
  // The tree carries a one-hot index: a second product on each level.
  void AddArgMax(int64_t width, int64_t rows) override {
    for (; width > 1; width -= width / 2) {
      AddSign(width / 2 * rows);
      AddProduct(2 * (width / 2) * rows);
    }
  }
  void AddDivision(int64_t, int64_t) override {}

  // (1 + x / 2^8)^(2^8): eight squares (common/functions/approximations.py).
  void AddExponential(int64_t n) override {
    for (int i = 0; i < 8; ++i) AddSquare(n);
  }
  // Ten Newton-Raphson iterations y (2 - x y) from a first value by an exponential.
  void AddReciprocal(int64_t n) override {
    AddExponential(n);
    for (int i = 0; i < 10; ++i) {
      AddSquare(n);
      AddProduct(n);
    }
  }
  // Three iterations y (3 - x y^2) / 2 from an exponential.
  void AddInverseSquareRoot(int64_t n) override {
    AddExponential(n);
    for (int i = 0; i < 3; ++i) {
      AddSquare(n);
      AddProduct(n);
      AddProduct(n);
    }
  }
  // 1 / (1 + e^-|x|) with three iterations, mirrored by the sign.
  void AddSigmoid(int64_t n) override {
    AddSign(n);
    AddProduct(n);
    AddExponential(n);
    for (int i = 0; i < 3; ++i) {
      AddSquare(n);
      AddProduct(n);
    }
    AddProduct(n);
  }

  absl::Status AddPolynomial(const Node& node, int64_t degree, std::string_view scheme,
                             int64_t n) override {
    Powers powers = powers_;
    if (scheme == "espn") {
      powers = Powers::kEspn;
    } else if (scheme == "honeybadger") {
      powers = Powers::kHoneyBadger;
    } else if (!scheme.empty()) {
      return Refuse(id_, node, absl::StrCat("the polynomial scheme \"", std::string(scheme), "\""),
                    "Use espn, honeybadger or leave it empty");
    }
    if (powers == Powers::kOneByOne) {
      return ShareBackend::AddPolynomial(node, degree, scheme, n);
    }
    const int64_t limit = powers == Powers::kEspn ? 16 : 7;
    if (degree < 2 || degree > limit) {
      return Refuse(id_, node, absl::StrCat("a polynomial of degree ", degree),
                    absl::StrCat("Use a degree from 2 to ", limit));
    }
    if (powers == Powers::kEspn) {
      Add("beaver.espn", {{"element_bytes", kWordBytes}, {"field", 0}, {"degree", degree}}, n);
      KeepWords(Product({3, (degree + 1) * (degree + 2) / 2 - 3, n}), 0);  // a triple a product
    } else {
      // Grouped, the code opens x - r once for each power, at different scales.
      const int64_t bytes = grouped_ ? kWordBytes * (degree + 1) : kWordBytes;
      Add("beaver.powers", {{"element_bytes", bytes}, {"field", 0}, {"degree", degree}}, n);
      KeepWords(Product({degree, n}), 0);  // r .. r^degree
    }
    return absl::OkStatus();
  }

  // W - B is opened once where it is kept.
  absl::Status AddSetup(CallList& setup) override {
    setup.Add("shares.exchange",
              {{"values", 1}, {"element_bytes", kWordBytes}, {"message_bytes", 0}}, cached_weights_,
              Phase::kSetup, Executor::kJoint);
    return setup.status();
  }
  absl::Status Finish(ProtocolPlan& plan) override {
    plan.memory = {{.name = "the dealer's triples",
                    .phase = Phase::kOffline,
                    .client = plan.storage.client,
                    .server = plan.storage.server,
                    .note = "words of 8 bytes; how they come to the parties is not modelled"}};
    if (cached_weights_ > 0) {
      const Bytes bytes(Product({2 * kWordBytes, cached_weights_}));
      plan.memory.push_back({.name = "masked weights",
                             .phase = Phase::kSetup,
                             .client = bytes,
                             .server = bytes,
                             .note = "W - B as it was opened, and a share of B"});
    }
    return absl::OkStatus();
  }

 private:
  // X - A and W - B are opened, then each party multiplies in the clear. The dealer's
  // triple: shares of A, B, and A B, of the result's size.
  void AddBeaverLinear(int64_t inputs, int64_t weights, int64_t outputs, int64_t macs) {
    AddOpenings(primitives::Sum({inputs, opens_weights_ ? weights : 0}));
    AddLocalProducts(macs);
    KeepWords(primitives::Sum({inputs, opens_weights_ ? weights : 0}), outputs);
    if (!opens_weights_) cached_weights_ = primitives::Sum({cached_weights_, weights});
  }
  void AddOpenings(int64_t elements) {
    Add("shares.exchange", {{"values", 1}, {"element_bytes", kWordBytes}, {"message_bytes", 0}},
        elements);
  }
  void AddLocalProducts(int64_t macs) {
    Add("plaintext.field_macs", {{"field_bits", kRingBits}}, macs);
  }
  void KeepWords(int64_t masks, int64_t products) {
    Keep(Product({kWordBytes, primitives::Sum({masks, products})}));
  }
  void Add(std::string_view primitive, Parameters parameters, int64_t count) {
    layer().Add(primitive, std::move(parameters), count, Phase::kOnline, Executor::kJoint);
  }

  const std::string id_;
  const Powers powers_;
  const bool opens_weights_;
  const bool grouped_;
  int64_t cached_weights_ = 0;
};

}  // namespace

ProtocolInfo CrypTenInfo(std::string id) {
  ProtocolInfo info;
  info.id = std::move(id);
  info.version = "2";
  info.keeps = "the dealer's triples and powers, in words of 8 bytes";
  info.leaves_out = "the dealer of triples: online work only";
  info.status = primitives::FormStatus::kDerived;
  info.parameters = {
      {"fraction_bits", "fraction bits of the fixed-point numbers", 16, 4, 24,
       "CrypTen's default encoder"},
      {"ring_bits", "bit width of the ring: words of the code's tensors", kRingBits, kRingBits,
       kRingBits, "CrypTen, 64-bit tensors"},
      {"open_weights", "1: masked weights are opened with every layer; 0: once, at set-up", 1, 0, 1,
       "CrypTen, mpc/primitives/beaver.py"}};
  info.primitives = {"shares.gather", "shares.scatter",  "shares.exchange", "plaintext.field_macs",
                     "crypten.sign",  "beaver.multiply", "beaver.powers",   "beaver.espn"};
  return info;
}

ProtocolParameter ReplacedReluDegree() {
  return {"replaced_relu_degree",
          "degree of the polynomial in every ReLU's place; 0: kept",
          4,
          0,
          7,
          "PILLAR, configs/espn16.yaml"};
}

absl::StatusOr<ProtocolPlan> PlanCrypTen(const PlanContext& context, const std::string& id,
                                         Powers powers) {
  CrypTenBackend backend(context.parameters, id, powers);
  return PlanShared(context,
                    {.id = id,
                     .ring_bits = kRingBits,
                     .fraction_bits = context.parameters.Get("fraction_bits"),
                     .divides_average = true,
                     .relu_degree = context.parameters.GetOr("replaced_relu_degree", 0),
                     .shared_weights = true},
                    backend);
}

}  // namespace picost::protocols
