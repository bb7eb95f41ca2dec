#include "service/convert/layer_shapes.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service {
namespace {

constexpr int kMaxLayers = 100'000;
constexpr int64_t kMaxSize = int64_t{1} << 31;      // of one dimension
constexpr int64_t kMaxElements = int64_t{1} << 40;  // of one tensor, as of ONNX files
// Over all layers, as of ONNX files: keeps every count inside int64.
constexpr int64_t kMaxTotalElements = int64_t{1} << 44;
constexpr int64_t kMaxMacs = int64_t{1} << 56;
constexpr size_t kMaxNameBytes = 4096;

// Where in the request an error is.
struct Site {
  std::string layer;
  absl::Status Error(std::string what, const std::string& field, std::string mend) const {
    return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                     {.field = absl::StrCat("graph.layer_shapes.layers.", field),
                      .node = layer,
                      .mend = std::move(mend)});
  }
  absl::Status Check(const std::string& field, int64_t value, int64_t minimum,
                     int64_t maximum) const {
    if (value >= minimum && value <= maximum) return absl::OkStatus();
    return Error(absl::StrCat(field, " is ", value), field,
                 absl::StrCat("Use ", minimum, " to ", maximum, "."));
  }
};

// One layer in the making: what it computes, reads and gives.
struct Draft {
  graph::NodeAttributes attributes;
  std::vector<std::vector<int64_t>> reads;  // dims of each input
  std::vector<int64_t> weight;              // dims; empty: none
  bool bias = false;
  std::vector<int64_t> gives;
  std::vector<int64_t> macs = {0};  // factors
};

// The product of the factors, at most `maximum`.
absl::StatusOr<int64_t> Product(const Site& site, const std::vector<int64_t>& factors,
                                int64_t maximum, const char* what) {
  int64_t product = 1;
  for (const int64_t factor : factors) {
    const auto next = CheckedMultiply(product, factor);
    if (!next || *next > maximum) return site.Error(what, "name", "Use smaller sizes.");
    product = *next;
  }
  return product;
}

absl::StatusOr<int64_t> Elements(const Site& site, const std::vector<int64_t>& dims) {
  return Product(site, dims, kMaxElements, "a tensor has more than 2^40 elements");
}

// (size + 2 padding - kernel) / stride + 1
absl::StatusOr<int64_t> OutputSize(const Site& site, int64_t size, int64_t kernel, int64_t stride,
                                   int64_t padding) {
  const int64_t room = size + 2 * padding - kernel;
  if (room < 0) {
    return site.Error(absl::StrCat("a window of ", kernel, " does not fit ", size,
                                   " elements with ", padding, " of padding"),
                      "kernel", "Use a smaller kernel or more padding.");
  }
  return room / stride + 1;
}

absl::StatusOr<Draft> MakeConv(const Site& site, const v1::ConvShape& from) {
  const int64_t stride = from.has_stride() ? from.stride() : 1;
  const int64_t padding = from.padding();
  const int64_t groups = from.has_groups() ? from.groups() : 1;
  PICOST_RETURN_IF_ERROR(site.Check("conv.in_channels", from.in_channels(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("conv.out_channels", from.out_channels(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("conv.in_height", from.in_height(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("conv.in_width", from.in_width(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("conv.kernel", from.kernel(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("conv.stride", stride, 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("conv.padding", padding, 0, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("conv.groups", groups, 1, from.in_channels()));
  if (from.in_channels() % groups != 0 || from.out_channels() % groups != 0) {
    return site.Error(absl::StrCat(groups, " groups do not divide the channels"), "conv.groups",
                      "Use a divisor of in_channels and out_channels.");
  }
  PICOST_ASSIGN_OR_RETURN(const int64_t height,
                          OutputSize(site, from.in_height(), from.kernel(), stride, padding));
  PICOST_ASSIGN_OR_RETURN(const int64_t width,
                          OutputSize(site, from.in_width(), from.kernel(), stride, padding));
  graph::Conv conv{.in_channels = from.in_channels(),
                   .out_channels = from.out_channels(),
                   .groups = groups,
                   .input_size = {from.in_height(), from.in_width()},
                   .output_size = {height, width},
                   .kernel = {from.kernel(), from.kernel()},
                   .strides = {stride, stride},
                   .dilations = {1, 1},
                   .pads_begin = {padding, padding},
                   .pads_end = {padding, padding},
                   .has_bias = true};
  return Draft{
      .attributes = conv,
      .reads = {{1, from.in_channels(), from.in_height(), from.in_width()}},
      .weight = {from.out_channels(), from.in_channels() / groups, from.kernel(), from.kernel()},
      .bias = true,
      .gives = {1, from.out_channels(), height, width}};
}

absl::StatusOr<Draft> MakeLinear(const Site& site, const v1::LinearShape& from) {
  const int64_t rows = from.has_rows() ? from.rows() : 1;
  PICOST_RETURN_IF_ERROR(site.Check("linear.in_features", from.in_features(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("linear.out_features", from.out_features(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("linear.rows", rows, 1, kMaxSize));
  return Draft{.attributes = graph::Linear{.rows = rows,
                                           .in_features = from.in_features(),
                                           .out_features = from.out_features(),
                                           .has_bias = true},
               .reads = {{rows, from.in_features()}},
               .weight = {from.in_features(), from.out_features()},
               .bias = true,
               .gives = {rows, from.out_features()},
               .macs = {rows, from.in_features(), from.out_features()}};
}

absl::StatusOr<Draft> MakeActivation(const Site& site, const v1::ActivationShape& from) {
  using graph::ActivationKind;
  static const auto& kKinds = *new std::map<std::string, ActivationKind>{
      {"relu", ActivationKind::kRelu},           {"relu6", ActivationKind::kRelu6},
      {"gelu", ActivationKind::kGelu},           {"silu", ActivationKind::kSilu},
      {"sigmoid", ActivationKind::kSigmoid},     {"tanh", ActivationKind::kTanh},
      {"hardswish", ActivationKind::kHardSwish}, {"polynomial", ActivationKind::kPolynomial}};
  const auto kind = kKinds.find(from.function());
  if (kind == kKinds.end()) {
    return site.Error(absl::StrCat("'", from.function(), "' is no function"), "activation.function",
                      "Use relu, relu6, gelu, silu, sigmoid, tanh, hardswish or polynomial.");
  }
  graph::Activation activation{.kind = kind->second, .elements = from.elements()};
  PICOST_RETURN_IF_ERROR(site.Check("activation.elements", from.elements(), 1, kMaxElements));
  if (from.has_kept_elements()) {
    PICOST_RETURN_IF_ERROR(
        site.Check("activation.kept_elements", from.kept_elements(), 0, from.elements()));
    if (from.kept_elements() < from.elements()) activation.kept_elements = from.kept_elements();
  }
  if (activation.kind == ActivationKind::kPolynomial) {
    PICOST_RETURN_IF_ERROR(site.Check("activation.degree", from.degree(), 2, 64));
    activation.degree = from.degree();
  } else if (from.degree() != 0) {
    return site.Error("a degree is given for no polynomial", "activation.degree", "Leave it away.");
  }
  if (activation.kind == ActivationKind::kRelu6) activation.high = 6;
  return Draft{.attributes = activation, .reads = {{from.elements()}}, .gives = {from.elements()}};
}

absl::StatusOr<Draft> MakePool(const Site& site, const v1::PoolShape& from) {
  if (from.function() != "max" && from.function() != "average") {
    return site.Error(absl::StrCat("'", from.function(), "' is no pooling"), "pool.function",
                      "Use max or average.");
  }
  const int64_t stride = from.has_stride() ? from.stride() : from.kernel();
  const int64_t padding = from.padding();
  PICOST_RETURN_IF_ERROR(site.Check("pool.channels", from.channels(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("pool.in_height", from.in_height(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("pool.in_width", from.in_width(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("pool.kernel", from.kernel(), 1, int64_t{1} << 20));
  PICOST_RETURN_IF_ERROR(site.Check("pool.stride", stride, 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("pool.padding", padding, 0, from.kernel() - 1));
  PICOST_ASSIGN_OR_RETURN(const int64_t height,
                          OutputSize(site, from.in_height(), from.kernel(), stride, padding));
  PICOST_ASSIGN_OR_RETURN(const int64_t width,
                          OutputSize(site, from.in_width(), from.kernel(), stride, padding));
  const std::vector<int64_t> gives = {1, from.channels(), height, width};
  PICOST_ASSIGN_OR_RETURN(const int64_t outputs, Elements(site, gives));
  graph::Pool pool{
      .kind = from.function() == "max" ? graph::PoolKind::kMax : graph::PoolKind::kAverage,
      .channels = from.channels(),
      .input_size = {from.in_height(), from.in_width()},
      .output_size = {height, width},
      .kernel = {from.kernel(), from.kernel()},
      .strides = {stride, stride},
      .pads_begin = {padding, padding},
      .pads_end = {padding, padding},
      .window = from.kernel() * from.kernel(),
      .outputs = outputs};
  return Draft{.attributes = pool,
               .reads = {{1, from.channels(), from.in_height(), from.in_width()}},
               .gives = gives};
}

absl::StatusOr<Draft> MakeAdd(const Site& site, const v1::AddShape& from) {
  PICOST_RETURN_IF_ERROR(site.Check("add.elements", from.elements(), 1, kMaxElements));
  return Draft{.attributes = graph::Elementwise{.kind = graph::ElementwiseKind::kAdd,
                                                .elements = from.elements(),
                                                .second = graph::Operand::kPrivate},
               .reads = {{from.elements()}, {from.elements()}},
               .gives = {from.elements()}};
}

absl::StatusOr<Draft> MakeMatMul(const Site& site, const v1::MatMulShape& from) {
  const int64_t batch = from.has_batch() ? from.batch() : 1;
  PICOST_RETURN_IF_ERROR(site.Check("matmul.batch", batch, 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("matmul.rows", from.rows(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("matmul.inner", from.inner(), 1, kMaxSize));
  PICOST_RETURN_IF_ERROR(site.Check("matmul.columns", from.columns(), 1, kMaxSize));
  return Draft{.attributes = graph::PrivateMatMul{.batch = batch,
                                                  .rows = from.rows(),
                                                  .inner = from.inner(),
                                                  .columns = from.columns()},
               .reads = {{batch, from.rows(), from.inner()}, {batch, from.inner(), from.columns()}},
               .gives = {batch, from.rows(), from.columns()},
               .macs = {batch, from.rows(), from.inner(), from.columns()}};
}

absl::StatusOr<Draft> MakeDraft(const Site& site, const v1::LayerShape& layer) {
  switch (layer.kind_case()) {
    case v1::LayerShape::kConv:
      return MakeConv(site, layer.conv());
    case v1::LayerShape::kLinear:
      return MakeLinear(site, layer.linear());
    case v1::LayerShape::kActivation:
      return MakeActivation(site, layer.activation());
    case v1::LayerShape::kPool:
      return MakePool(site, layer.pool());
    case v1::LayerShape::kAdd:
      return MakeAdd(site, layer.add());
    case v1::LayerShape::kMatmul:
      return MakeMatMul(site, layer.matmul());
    case v1::LayerShape::KIND_NOT_SET:
      break;
  }
  return site.Error("the layer has no kind", "kind",
                    "Set one of conv, linear, activation, pool, add, matmul.");
}

class Builder {
 public:
  explicit Builder(const std::string& name) { parts_.name = name; }

  absl::Status Add(const v1::LayerShape& layer) {
    const Site site{layer.name()};
    if (layer.name().empty() || layer.name().size() > kMaxNameBytes) {
      return site.Error("a layer's name is empty or too long", "name", "Name every layer.");
    }
    if (by_name_.count(layer.name()) > 0) {
      return site.Error("two layers have one name", "name", "Give each its own.");
    }
    PICOST_ASSIGN_OR_RETURN(Draft draft, MakeDraft(site, layer));
    PICOST_RETURN_IF_ERROR(AddToTotals(site, draft));
    const graph::NodeId id = static_cast<graph::NodeId>(parts_.nodes.size());
    graph::Node node{.name = layer.name(), .onnx_op = "shape", .attributes = draft.attributes};
    PICOST_RETURN_IF_ERROR(Connect(site, layer, draft, node));
    if (!draft.weight.empty()) node.inputs.push_back(AddWeight(draft.weight));
    if (draft.bias) node.inputs.push_back(AddWeight({draft.gives[1]}));
    node.outputs = {AddValue({.name = layer.name(),
                              .type = {.dims = draft.gives},
                              .source = graph::ValueSource::kNode,
                              .producer = id})};
    last_ = node.outputs[0];
    by_name_[layer.name()] = last_;
    parts_.nodes.push_back(std::move(node));
    return absl::OkStatus();
  }

  absl::StatusOr<graph::Graph> Finish() && {
    // Results: whatever no other layer reads.
    for (const auto& node : parts_.nodes) {
      if (read_.count(node.outputs[0]) == 0) parts_.outputs.push_back(node.outputs[0]);
    }
    return graph::Graph::Create(std::move(parts_));
  }

 private:
  graph::ValueId AddValue(graph::Value value) {
    parts_.values.push_back(std::move(value));
    return static_cast<graph::ValueId>(parts_.values.size() - 1);
  }

  absl::Status AddToTotals(const Site& site, const Draft& draft) {
    PICOST_ASSIGN_OR_RETURN(const int64_t gives, Elements(site, draft.gives));
    PICOST_ASSIGN_OR_RETURN(const int64_t weights, draft.weight.empty()
                                                       ? absl::StatusOr<int64_t>(0)
                                                       : Elements(site, draft.weight));
    PICOST_ASSIGN_OR_RETURN(const int64_t macs,
                            Product(site, draft.macs, kMaxMacs, "a layer has more than 2^56 MACs"));
    // Each summand is bounded, so that the sums cannot wrap before they are refused.
    total_elements_ += gives + weights;
    total_macs_ += macs;
    if (total_elements_ > kMaxTotalElements) {
      return site.Error("the network has more than 2^44 elements", "name", "Use smaller sizes.");
    }
    if (total_macs_ > kMaxMacs) {
      return site.Error("the network has more than 2^56 MACs", "name", "Use smaller sizes.");
    }
    return absl::OkStatus();
  }

  graph::ValueId AddWeight(std::vector<int64_t> dims) {
    int64_t elements = 1;
    for (const int64_t dim : dims) elements *= dim;
    parts_.notes.parameter_elements += elements;
    return AddValue({.type = {.dims = std::move(dims)}, .source = graph::ValueSource::kWeight});
  }

  absl::Status Connect(const Site& site, const v1::LayerShape& layer, const Draft& draft,
                       graph::Node& node) {
    if (layer.inputs().empty()) {
      if (draft.reads.size() != 1) {
        return site.Error("a layer of two inputs names none", "inputs", "Name two earlier layers.");
      }
      if (parts_.nodes.empty()) {
        PICOST_RETURN_IF_ERROR(Elements(site, draft.reads[0]).status());
        last_ = AddValue({.name = "input",
                          .type = {.dims = draft.reads[0]},
                          .source = graph::ValueSource::kInput});
        parts_.inputs = {last_};
      }
      node.inputs = {last_};
    } else {
      for (const std::string& input : layer.inputs()) {
        const auto found = by_name_.find(input);
        if (found == by_name_.end()) {
          return site.Error(absl::StrCat("no earlier layer is called '", input, "'"), "inputs",
                            "Name earlier layers, or none for the layer before.");
        }
        node.inputs.push_back(found->second);
      }
    }
    if (node.inputs.size() != draft.reads.size()) {
      return site.Error(absl::StrCat("the layer names ", node.inputs.size(), " inputs and reads ",
                                     draft.reads.size()),
                        "inputs", "Name as many as it reads.");
    }
    for (size_t i = 0; i < draft.reads.size(); ++i) {
      PICOST_ASSIGN_OR_RETURN(const int64_t reads, Elements(site, draft.reads[i]));
      const int64_t given = parts_.values[node.inputs[i]].type.ElementCount();
      if (reads != given) {
        return site.Error(
            absl::StrCat("the layer reads ", reads, " elements, its input gives ", given), "inputs",
            "Make the sizes agree.");
      }
      read_.insert(node.inputs[i]);
    }
    return absl::OkStatus();
  }

  graph::Graph::Parts parts_;
  std::map<std::string, graph::ValueId> by_name_;
  std::set<graph::ValueId> read_;
  graph::ValueId last_ = -1;
  int64_t total_elements_ = 0;
  int64_t total_macs_ = 0;
};

}  // namespace

absl::StatusOr<graph::Graph> GraphFromLayerShapes(const v1::LayerShapes& shapes) {
  if (shapes.layers().empty() || shapes.layers_size() > kMaxLayers) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("the network has ", shapes.layers_size(), " layers"),
                     {.field = "graph.layer_shapes.layers",
                      .mend = absl::StrCat("Give 1 to ", kMaxLayers, ".")});
  }
  Builder builder(shapes.name());
  for (const v1::LayerShape& layer : shapes.layers()) PICOST_RETURN_IF_ERROR(builder.Add(layer));
  return std::move(builder).Finish();
}

}  // namespace picost::service
