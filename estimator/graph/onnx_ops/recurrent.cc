// LSTM, GRU and RNN: a product with the input weights for all steps at once,
// then step by step a product with the recurrent weights and the gates.
//
// One node stands for all steps of one computation; its rows and elements are
// those of all steps together, so counts are exact. Formulas: ONNX operators
// LSTM, GRU and RNN (docs/Operators.md), with the default activations.
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_ops/importers.h"

namespace picost::graph::ops {
namespace {

struct Cell {
  int64_t gates;       // 4, 3, 1: LSTM, GRU, RNN
  int64_t sigmoids;    // gates that are sigmoids; the other one is a tanh
  int64_t extra_tanh;  // further tanh per hidden element: LSTM's output
  int64_t products;    // element-wise private products per hidden element
};

// LSTM: i, o, f by sigmoid, c by tanh; f*c, i*c', o*tanh(c). GRU: z, r by
// sigmoid, h by tanh; r*h, (1-z)*h', z*h. RNN: one tanh.
constexpr Cell kLstm{.gates = 4, .sigmoids = 3, .extra_tanh = 1, .products = 3};
constexpr Cell kGru{.gates = 3, .sigmoids = 2, .extra_tanh = 0, .products = 3};
constexpr Cell kRnn{.gates = 1, .sigmoids = 0, .extra_tanh = 0, .products = 0};

Cell CellOf(const OpContext& op) {
  if (op.node().op_type() == "LSTM") return kLstm;
  return op.node().op_type() == "GRU" ? kGru : kRnn;
}

absl::Status CheckDefaults(const OpContext& op) {
  for (const char* attribute : {"activations", "clip", "activation_alpha", "activation_beta"}) {
    if (op.HasAttribute(attribute)) {
      return op.Unimplemented(absl::StrCat("a recurrent layer with the attribute ", attribute),
                              "Use the default activations");
    }
  }
  if (op.IsPrivate(1) || op.IsPrivate(2)) {
    return op.Unimplemented("a recurrent layer with private weights");
  }
  if (op.node().op_type() == "LSTM" && op.Has(7)) {
    return op.Unimplemented("an LSTM with peepholes");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ImportRecurrent(OpContext& op) {
  PICOST_RETURN_IF_ERROR(CheckDefaults(op));
  const Cell cell = CellOf(op);
  if (op.Rank(0) != 3 || op.Rank(1) != 3 || op.Rank(2) != 3) {
    return op.Invalid("input and weights of a recurrent layer have three axes");
  }
  const bool batch_first = op.Int("layout", 0) != 0;
  const int64_t steps = op.Shape(0)[batch_first ? 1 : 0];
  const int64_t batch = op.Shape(0)[batch_first ? 0 : 1];
  const int64_t features = op.Shape(0)[2];
  const int64_t directions = op.Shape(1)[0];
  const int64_t hidden = op.Shape(2)[2];
  if (op.Shape(1)[1] != cell.gates * hidden || op.Shape(1)[2] != features ||
      op.Shape(2)[1] != cell.gates * hidden || op.Shape(2)[0] != directions || directions < 1 ||
      directions > 2) {
    return op.Invalid("the weights of the recurrent layer do not fit its input");
  }
  const TensorType sequence{.dims = batch_first ? Dims{batch, steps, directions, hidden}
                                                : Dims{steps, directions, batch, hidden}};
  const TensorType state{.dims = batch_first ? Dims{batch, directions, hidden}
                                             : Dims{directions, batch, hidden}};
  const TensorType gates{.dims = {steps, directions, batch, cell.gates * hidden}};
  PICOST_RETURN_IF_ERROR(op.Check(sequence));
  PICOST_RETURN_IF_ERROR(op.Check(gates));
  const int64_t rows = steps * batch;
  const int64_t elements = sequence.ElementCount();

  std::vector<ValueId> inputs = {op.In(0), op.In(1)};
  if (op.Has(3)) inputs.push_back(op.In(3));
  // Both directions side by side have the products of one layer twice as wide.
  PICOST_ASSIGN_OR_RETURN(ValueId value,
                          op.EmitPart("input",
                                      Linear{.rows = rows,
                                             .in_features = features,
                                             .out_features = directions * cell.gates * hidden,
                                             .has_bias = op.Has(3)},
                                      inputs, gates));
  inputs = {value, op.In(2)};
  for (const int i : {5, 6}) {
    if (op.Has(i)) inputs.push_back(op.In(i));  // initial states
  }
  PICOST_ASSIGN_OR_RETURN(value, op.EmitPart("recurrence",
                                             Linear{.rows = directions * rows,
                                                    .in_features = hidden,
                                                    .out_features = cell.gates * hidden},
                                             inputs, gates));
  if (cell.sigmoids > 0) {
    TensorType type = gates;
    PICOST_ASSIGN_OR_RETURN(value, op.EmitPart("gates",
                                               Activation{.kind = ActivationKind::kSigmoid,
                                                          .elements = cell.sigmoids * elements},
                                               {value}, type));
  }
  TensorType made = sequence;
  PICOST_ASSIGN_OR_RETURN(value,
                          op.EmitPart("candidate",
                                      Activation{.kind = ActivationKind::kTanh,
                                                 .elements = (1 + cell.extra_tanh) * elements},
                                      {value}, made));
  if (cell.products > 0) {
    PICOST_ASSIGN_OR_RETURN(value, op.EmitPart("products",
                                               Elementwise{.kind = ElementwiseKind::kMul,
                                                           .elements = cell.products * elements,
                                                           .second = Operand::kPrivate},
                                               {value}, made));
  }
  return op.Emit(View{}, {value}, {sequence, state, state});
}

}  // namespace picost::graph::ops
