#include "estimator/primitives/sci_field.h"

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
    "CrypTFlow2 (Rathee et al., CCS 2020), OpenCheetah f71d4d4 built as SCI_HE, measured";

using sci::Lookup;
using sci::Multiplexer;
using sci::Padded;
using sci::Steps;

Transcript Relu(const Parameters& p, int64_t count) {
  Transcript t;
  FieldSign(t, p.Get("field_bits"), Padded(count));
  Multiplex(t, p.Get("field_bits"), Padded(count));
  return t;
}

Transcript Sign(const Parameters& p, int64_t count) {
  Transcript t;
  FieldSign(t, p.Get("field_bits"), Padded(count));
  return t;
}

Transcript Truncation(const Parameters& p, int64_t count) {
  Transcript t;
  FieldDivide(t, p.Get("field_bits"), int64_t{1} << p.Get("truncated_bits"), /*with_sign=*/true,
              Padded(count));
  return t;
}

// The sign that the ReLU found serves the division.
Transcript ReluTruncation(const Parameters& p, int64_t count) {
  Transcript t = Relu(p, count);
  FieldDivide(t, p.Get("field_bits"), int64_t{1} << p.Get("truncated_bits"), /*with_sign=*/false,
              Padded(count));
  return t;
}

Transcript AveragePool(const Parameters& p, int64_t count) {
  Transcript t;
  FieldDivide(t, p.Get("field_bits"), p.Get("divisor"), /*with_sign=*/true, Padded(count));
  return t;
}

// Divisions convert bits over an IKNP instance of their own.
std::vector<PoolUse> DivisionPool(const Parameters&, int64_t) { return {{kDivisionPool, 1}}; }

// window - 1 ReLUs one after another on all outputs.
Transcript MaxPool(const Parameters& p, int64_t count) {
  return Relu(p, count).Repeated(p.Get("window") - 1);
}

// Value and index pass the multiplexer together: packed up to 32 bits, else in 128.
// Vectors run one after another.
Transcript ArgMax(const Parameters& p, int64_t count) {
  Transcript t;
  const int64_t bits = p.Get("field_bits");
  ArgMaxLevels(p.Get("width"), [&](int64_t pairs) {
    FieldSign(t, bits, pairs);
    Multiplex(t, bits <= 32 ? 2 * bits : 128, pairs);
  });
  return t.Repeated(count);
}

template <Steps kSteps>
PrimitiveSpec Spec(const char* id, const char* unit) {
  PrimitiveSpec spec;
  spec.id = id;
  spec.family = Family::kWholeProtocol;
  spec.unit = unit;
  spec.citation = kCitation;
  spec.status = FormStatus::kVerified;
  spec.parameters = {{"field_bits", "bits of the prime modulus", 32, 41, false}};
  return sci::OfSteps<kSteps>(std::move(spec));
}

}  // namespace

std::vector<PrimitiveSpec> SciFieldPrimitives() {
  const ParameterSpec truncated = {"truncated_bits", "bits dropped by the truncation", 1, 32,
                                   false};
  std::vector<PrimitiveSpec> specs;
  specs.push_back(Spec<Relu>("sci_field.relu", "one ReLU element"));
  specs.push_back(Spec<ReluTruncation>("sci_field.relu_trunc", "one ReLU element, truncated"));
  specs.back().parameters.push_back(truncated);
  specs.back().pools = DivisionPool;
  specs.push_back(Spec<Truncation>("sci_field.trunc", "one truncated element"));
  specs.back().parameters.push_back(truncated);
  specs.back().pools = DivisionPool;
  specs.push_back(Spec<MaxPool>("sci_field.maxpool", "one pooling output"));
  specs.back().parameters.push_back(
      {"window", "elements under the kernel, padding included", 1, 1 << 16, false});
  specs.push_back(Spec<AveragePool>("sci_field.avgpool", "one pooling output"));
  specs.back().parameters.push_back(
      {"divisor", "public divisor: the kernel's volume", 1, 1 << 24, false});
  specs.back().pools = DivisionPool;
  specs.push_back(Spec<ArgMax>("sci_field.argmax", "one vector"));
  specs.back().parameters.push_back(
      {"width", "elements of the vector", 1, int64_t{1} << 40, false});
  // Steps of lowered functions: parts of the measured operations, not measured alone.
  specs.push_back(Spec<Sign>("sci_field.compare", "one sign"));
  specs.back().status = FormStatus::kDerived;
  specs.push_back(Spec<Multiplexer>("sci_field.multiplex", "one element times a shared bit"));
  specs.back().status = FormStatus::kDerived;
  specs.push_back(Spec<Lookup>("sci_field.lookup", "one table lookup"));
  specs.back().status = FormStatus::kDerived;
  specs.back().parameters.push_back({"index_bits", "bits of the table's index", 1, 8, false});
  for (PrimitiveSpec& spec : specs) {
    if (spec.id != "sci_field.argmax") SplitOverThreads(spec);  // one vector is not split
  }
  return specs;
}

}  // namespace picost::primitives
