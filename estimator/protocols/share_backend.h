// What a protocol on additive shares has to offer, one method for each elementary
// step, and the functions that are lowered to such steps.
//
// A step is planned as one batch of n elements: sequential steps are sequential
// calls, so that flights add up along the depth. Lowered functions state their depth
// and source where they are implemented; a protocol that has its own way overrides.
//
// Everything stays at the protocol's one width: tables hold values of the full ring or
// field, so that no step extends or reduces a width (SIRNN's mixed widths are left out).
#ifndef PICOST_ESTIMATOR_PROTOCOLS_SHARE_BACKEND_H_
#define PICOST_ESTIMATOR_PROTOCOLS_SHARE_BACKEND_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "estimator/graph/graph.h"
#include "estimator/protocols/planning.h"
#include "estimator/protocols/protocol.h"

namespace picost::protocols {

class ShareBackend {
 public:
  virtual ~ShareBackend() = default;

  // ---- Linear layers with the server's weights. Refuse what has no packing.
  virtual absl::Status AddConv(const graph::Node& node, const PlainConvolution& conv,
                               bool client_plaintext) = 0;
  virtual absl::Status AddLinear(const graph::Node& node, int64_t in_features, int64_t out_features,
                                 int64_t rows) = 0;
  // X Y with both shared: X0 Y0 and X1 Y1 are local, X0 Y1 and X1 Y0 are each a linear
  // layer whose matrix one party holds.
  virtual absl::Status AddPrivateMatMul(const graph::Node& node,
                                        const graph::PrivateMatMul& product);
  // A private scale for each channel / each element.
  virtual void AddChannelScaling(int64_t pixels, int64_t channels) = 0;
  virtual void AddScaling(int64_t n) = 0;

  // ---- Elementary steps on shares.
  virtual void AddSign(int64_t n) = 0;       // a shared bit
  virtual void AddMultiplex(int64_t n) = 0;  // element times shared bit
  virtual void AddProduct(int64_t n) = 0;    // of two private elements
  virtual void AddSquare(int64_t n) = 0;
  virtual void AddTruncation(int64_t n, int64_t bits) = 0;
  virtual void AddLookup(int64_t index_bits, int64_t n) = 0;

  // ---- Operations with a form of their own; defaults are made of steps.
  // ReLU of values with `surplus` bits to be cut in the same call.
  virtual void AddRelu(int64_t n, int64_t surplus) = 0;
  virtual void AddMaximum(int64_t window, int64_t n) = 0;
  virtual void AddArgMax(int64_t width, int64_t rows) = 0;
  virtual void AddDivision(int64_t divisor, int64_t n) = 0;

  // ---- Lowered functions.
  virtual void AddExponential(int64_t n);
  virtual void AddReciprocal(int64_t n);
  virtual void AddInverseSquareRoot(int64_t n);
  virtual void AddSigmoid(int64_t n);
  // GELU, SiLU and their like: polynomials on few intervals.
  virtual void AddPiecewisePolynomial(int64_t n);
  // scheme: as Activation::scheme.
  virtual absl::Status AddPolynomial(const graph::Node& node, int64_t degree,
                                     std::string_view scheme, int64_t n);

  // What set-up the calls so far need.
  virtual absl::Status AddSetup(CallList& setup) = 0;
  // What the whole plan needs: steps that refill pools, what the parties keep beside
  // weights and shares.
  virtual absl::Status Finish(ProtocolPlan& plan) = 0;

  CallList& layer() { return layer_; }
  std::string& note() { return note_; }
  // Offline material of the layer.
  const Storage& storage() const { return storage_; }
  void StartLayer() {
    layer_ = CallList();
    note_.clear();
    storage_ = {};
  }
  void Note(std::string_view text);

 protected:
  explicit ShareBackend(int64_t fraction_bits) : fraction_bits_(fraction_bits) {}

  void AddTruncatedProduct(int64_t n) {
    AddProduct(n);
    AddTruncation(n, fraction_bits_);
  }
  void AddTruncatedSquare(int64_t n) {
    AddSquare(n);
    AddTruncation(n, fraction_bits_);
  }

  // Both parties keep as much from offline to online.
  void Keep(int64_t bytes);

  const int64_t fraction_bits_;

 private:
  CallList layer_;
  std::string note_;
  Storage storage_;
};

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_SHARE_BACKEND_H_
