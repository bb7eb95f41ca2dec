// Forms as the build for wide-area networks runs them (EzPC SCI, SCI_OT): with
// them the server's 766.831 MiB for the ReLUs and 136.633 MiB for the max pooling of
// ResNet-50 at 37 bits (EzPC issue 204) come out to the last digit printed there.
// Linear layers: 342,519 MiB in the same run, as MACs x bits (bits + 1) / 2.
// Truncation and the client's bytes were not compared.
#include "estimator/primitives/sci_ring.h"

#include <cstdint>
#include <utility>

#include "estimator/base/checked_math.h"
#include "estimator/primitives/comparison_forms.h"
#include "estimator/primitives/forms.h"
#include "estimator/primitives/sci_spec.h"
#include "estimator/primitives/sci_steps.h"
#include "estimator/primitives/transcript.h"

namespace picost::primitives {
namespace {

constexpr char kCitation[] =
    "CrypTFlow2 (Rathee et al., CCS 2020), EzPC SCI_OT; server bytes of issue 204";

using sci::Lookup;
using sci::Multiplexer;
using sci::Padded;
using sci::Steps;

Transcript Relu(const Parameters& p, int64_t count) {
  Transcript t;
  CompareWan(t, p.Get("ring_bits") - 1, Padded(count));
  Multiplex(t, p.Get("ring_bits"), Padded(count));
  return t;
}

// A sign alone.
Transcript Sign(const Parameters& p, int64_t count) {
  Transcript t;
  CompareWan(t, p.Get("ring_bits") - 1, Padded(count));
  return t;
}

// Sign known: does the low part wrap (a comparison of f bits), did the ring wrap (an
// OT from the two top bits), both converted to the ring.
void TruncateKnownSign(Transcript& t, int64_t ring_bits, int64_t dropped, int64_t n) {
  CompareWan(t, dropped, n);
  t.Iknp(n, ring_bits);
  t.IknpReversed(n, ring_bits);
  t.Correlated(n, 64);
}

// Sign unknown: the high part is compared too, with equality, and the two joined.
Transcript Truncation(const Parameters& p, int64_t count) {
  Transcript t;
  const int64_t ring_bits = p.Get("ring_bits");
  const int64_t dropped = p.Get("truncated_bits");
  const int64_t n = Padded(count);
  CompareWan(t, dropped, n);
  CompareWan(t, ring_bits - dropped, n);
  AndBits(t, n);
  BitsToRing(t, dropped, n);
  BitsToRing(t, ring_bits, n);
  return t;
}

Transcript ReluTruncation(const Parameters& p, int64_t count) {
  Transcript t = Relu(p, count);
  TruncateKnownSign(t, p.Get("ring_bits"), p.Get("truncated_bits"), Padded(count));
  return t;
}

Transcript MaxPool(const Parameters& p, int64_t count) {
  return Relu(p, count).Repeated(p.Get("window") - 1);
}

// Division by a public divisor, as in the field: sign, a 1-of-4 OT, comparisons of
// delta - 1 bits, their conversion.
Transcript AveragePool(const Parameters& p, int64_t count) {
  Transcript t;
  const int64_t n = Padded(count);
  const int64_t ring_bits = p.Get("ring_bits");
  const int64_t divisor = p.Get("divisor");
  const int64_t delta = CeilLog2(6 * divisor);
  unsigned __int128 modulus = 1;
  modulus <<= ring_bits;
  const auto remainder = static_cast<int64_t>(modulus % static_cast<uint64_t>(divisor));
  const int64_t comparisons = Product({2 * remainder < divisor ? 2 : 3, n});
  CompareWan(t, ring_bits - 1, n);
  t.Kkot(n, 4, ring_bits + delta);
  CompareWan(t, delta - 1, comparisons);
  t.BlockIknp(comparisons, 32);  // one message of 64 bits
  return t;
}

Transcript ArgMax(const Parameters& p, int64_t count) {
  Transcript t;
  ArgMaxLevels(p.Get("width"), [&](int64_t pairs) {
    CompareWan(t, p.Get("ring_bits") - 1, pairs);
    Multiplex(t, p.Get("ring_bits") <= 32 ? 64 : 128, pairs);
  });
  return t.Repeated(count);
}

// Shares times the server's matrix: each input element bit by bit as choice of a
// correlated OT; bit i carries ring_bits - i bits for each of `outputs` products.
// count: input elements. ring_bits correlated OTs each, not padded.
Traffic MatrixTraffic(const Parameters& p, int64_t count) {
  const int64_t bits = p.Get("ring_bits");
  return {.client_to_server = Bytes(PackedBytes(count, 128 * bits)),
          .server_to_client =
              Bytes(CeilDiv(Product({count, p.Get("outputs"), bits * (bits + 1) / 2}), 8)),
          .flights = Flights(2)};
}
std::vector<int64_t> MatrixUse(const Parameters& p, int64_t count) {
  const int64_t bits = p.Get("ring_bits");
  return {Product({count, bits}), Product({count, p.Get("outputs"), bits})};
}

// Two private elements: a cross term in each direction, at the same time.
Traffic ProductTraffic(const Parameters& p, int64_t count) {
  const int64_t bits = p.Get("ring_bits");
  const Bytes bytes(PackedBytes(count, 128 * bits + bits * (bits + 1) / 2));
  return {.client_to_server = bytes, .server_to_client = bytes, .flights = Flights(2)};
}
std::vector<int64_t> ProductUse(const Parameters& p, int64_t count) {
  const int64_t ots = Product({2, count, p.Get("ring_bits")});
  return {ots, ots};
}

PrimitiveSpec Base(const char* id, const char* unit, FormStatus status) {
  PrimitiveSpec spec;
  spec.id = id;
  spec.family = Family::kWholeProtocol;
  spec.unit = unit;
  spec.citation = kCitation;
  spec.status = status;
  spec.parameters = {{"ring_bits", "bit width of the ring Z_2^ring_bits", 16, 64, false}};
  return spec;
}

template <Steps kSteps>
PrimitiveSpec Spec(const char* id, const char* unit, FormStatus status) {
  return sci::OfSteps<kSteps>(Base(id, unit, status));
}

}  // namespace

std::vector<PrimitiveSpec> SciRingPrimitives() {
  const ParameterSpec truncated = {"truncated_bits", "bits dropped by the truncation", 1, 48,
                                   false};
  constexpr int64_t kWide = int64_t{1} << 40;
  std::vector<PrimitiveSpec> specs;
  specs.push_back(Spec<Relu>("sci_ring.relu", "one ReLU element", FormStatus::kVerified));
  specs.push_back(Spec<Sign>("sci_ring.compare", "one comparison", FormStatus::kDerived));
  specs.push_back(
      Spec<Multiplexer>("sci_ring.multiplex", "one element times a bit", FormStatus::kDerived));
  specs.push_back(Spec<ReluTruncation>("sci_ring.relu_trunc", "one ReLU element, truncated",
                                       FormStatus::kDerived));
  specs.back().parameters.push_back(truncated);
  specs.push_back(
      Spec<Truncation>("sci_ring.trunc", "one truncated element", FormStatus::kDerived));
  specs.back().parameters.push_back(truncated);
  specs.push_back(Spec<MaxPool>("sci_ring.maxpool", "one pooling output", FormStatus::kVerified));
  specs.back().parameters.push_back(
      {"window", "elements under the kernel, padding included", 1, 1 << 16, false});
  specs.push_back(
      Spec<AveragePool>("sci_ring.avgpool", "one pooling output", FormStatus::kDerived));
  specs.back().parameters.push_back(
      {"divisor", "public divisor: the kernel's volume", 1, 1 << 24, false});
  specs.push_back(Spec<ArgMax>("sci_ring.argmax", "one vector", FormStatus::kDerived));
  specs.back().parameters.push_back({"width", "elements of the vector", 1, kWide, false});

  specs.push_back(Spec<Lookup>("sci_ring.lookup", "one table lookup", FormStatus::kDerived));
  specs.back().parameters.push_back({"index_bits", "bits of the table's index", 1, 8, false});

  for (PrimitiveSpec& spec : specs) {
    if (spec.id != "sci_ring.argmax") SplitOverThreads(spec);  // one vector is not split
  }

  PrimitiveSpec matrix =
      Base("sci_ring.matmul", "one input element of a product with the server's matrix",
           FormStatus::kVerified);
  matrix.parameters.push_back(
      {"outputs", "products that each input element takes part in", 1, kWide, false});
  matrix.usage = {{"correlated_ots", "correlated OTs, one for each bit of an input element",
                   Operation::kObliviousTransfer},
                  {"products", "masked products, bits of inputs times outputs"}};
  matrix.traffic = MatrixTraffic;
  matrix.use = MatrixUse;
  matrix.cost_group = "sci_ring.product";
  specs.push_back(matrix);

  PrimitiveSpec product =
      Base("sci_ring.product", "one product of two private elements", FormStatus::kDerived);
  product.cost_group = "sci_ring.product";
  product.usage = matrix.usage;
  product.traffic = ProductTraffic;
  product.use = ProductUse;
  specs.push_back(product);
  return specs;
}

}  // namespace picost::primitives
