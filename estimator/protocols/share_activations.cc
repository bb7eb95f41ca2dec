#include "estimator/protocols/share_activations.h"

#include "absl/strings/str_cat.h"
#include "estimator/protocols/planning.h"

namespace picost::protocols {

using graph::ActivationKind;
using graph::Node;

namespace {

absl::Status PlanKept(const Node& node, const graph::Activation& activation,
                      const SharePlanOptions& options, int64_t surplus, ShareBackend& backend) {
  const KeptElements elements = Kept(activation);
  const int64_t n = elements.kept;
  switch (activation.kind) {
    case ActivationKind::kRelu:
      if (options.relu_degree > 0) {
        backend.Note(absl::StrCat("polynomial of degree ", options.relu_degree,
                                  " in the ReLU's place: needs retraining"));
        return backend.AddPolynomial(node, options.relu_degree, "", n);
      }
      backend.AddRelu(n, surplus);
      backend.AddTruncation(elements.linear, surplus);
      if (surplus > 0) backend.Note("truncation placed at the ReLU");
      return absl::OkStatus();
    case ActivationKind::kRelu6:
    case ActivationKind::kClip:
      // low + ReLU(x - low) - ReLU(x - high): both in one batch, one cut after.
      backend.AddRelu(2 * n, 0);
      backend.AddTruncation(activation.elements, surplus);
      backend.Note("two ReLUs in one batch");
      return absl::OkStatus();
    case ActivationKind::kThresholdedRelu:
      backend.AddRelu(n, 0);
      backend.AddTruncation(activation.elements, surplus);
      return absl::OkStatus();
    case ActivationKind::kLeakyRelu:
      // a x + (1 - a) ReLU(x): products with the public a are local.
      backend.AddRelu(n, 0);
      return absl::OkStatus();
    case ActivationKind::kPRelu:
      backend.AddRelu(n, 0);
      backend.AddScaling(n);
      return absl::OkStatus();
    case ActivationKind::kHardSigmoid:
      backend.AddRelu(2 * n, 0);
      backend.AddTruncation(n, options.fraction_bits);
      return absl::OkStatus();
    case ActivationKind::kHardSwish:
      // x clip(x + 3, 0, 6) / 6.
      backend.AddRelu(2 * n, 0);
      backend.AddProduct(n);
      backend.AddTruncation(n, 2 * options.fraction_bits);
      return absl::OkStatus();
    case ActivationKind::kGelu:
    case ActivationKind::kGeluTanh:
    case ActivationKind::kSilu:
    case ActivationKind::kErf:
    case ActivationKind::kSoftplus:
    case ActivationKind::kMish:
      backend.AddPiecewisePolynomial(n);
      backend.Note("polynomials on intervals");
      return absl::OkStatus();
    case ActivationKind::kSigmoid:
    case ActivationKind::kTanh:  // 2 sigmoid(2x) - 1
      backend.AddSigmoid(n);
      return absl::OkStatus();
    case ActivationKind::kSoftsign:
      backend.AddRelu(n, 0);  // |x| = 2 ReLU(x) - x
      backend.AddReciprocal(n);
      backend.AddProduct(n);
      backend.AddTruncation(n, options.fraction_bits);
      return absl::OkStatus();
    case ActivationKind::kElu:
    case ActivationKind::kCelu:
    case ActivationKind::kSelu:
      backend.AddRelu(n, 0);
      backend.AddExponential(n);
      backend.AddMultiplex(n);
      backend.AddTruncation(n, options.fraction_bits);
      return absl::OkStatus();
    case ActivationKind::kPolynomial:
      return backend.AddPolynomial(node, activation.degree, activation.scheme, n);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PlanActivation(const Node& node, const graph::Activation& activation,
                            const SharePlanOptions& options, int64_t surplus,
                            ShareBackend& backend) {
  const KeptElements elements = Kept(activation);
  if (elements.kept == 0) {
    backend.Note("linear: no element left");
    return absl::OkStatus();
  }
  if (elements.linear == 0) return PlanKept(node, activation, options, surplus, backend);
  AddGather(elements.kept, backend.layer());
  const absl::Status planned = PlanKept(node, activation, options, surplus, backend);
  AddScatter(elements.kept, backend.layer());
  return planned;
}

}  // namespace picost::protocols
