#include "tests/support/graphs.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace picost::testing_support {

using graph::ActivationKind;
using graph::Graph;
using graph::ValueId;

ValueId GraphBuilder::Input(std::vector<int64_t> dims) {
  graph::Value value;
  value.name = absl::StrCat("input", ++made_["input"]);
  value.type.dims = std::move(dims);
  value.source = graph::ValueSource::kInput;
  parts_.values.push_back(value);
  const ValueId id = static_cast<ValueId>(parts_.values.size() - 1);
  parts_.inputs.push_back(id);
  return id;
}

ValueId GraphBuilder::Node(const std::string& stem, graph::NodeAttributes attributes,
                           std::vector<ValueId> inputs, std::vector<int64_t> dims) {
  graph::Value value;
  value.type.dims = std::move(dims);
  value.producer = static_cast<graph::NodeId>(parts_.nodes.size());
  graph::Node node;
  node.name = absl::StrCat(stem, ++made_[stem]);
  node.onnx_op = stem;
  node.attributes = std::move(attributes);
  node.inputs = std::move(inputs);
  value.name = absl::StrCat(node.name, ":0");
  parts_.values.push_back(std::move(value));
  const ValueId id = static_cast<ValueId>(parts_.values.size() - 1);
  node.outputs = {id};
  parts_.nodes.push_back(std::move(node));
  return id;
}

ValueId GraphBuilder::Conv(ValueId x, int64_t out_channels, int64_t kernel, int64_t stride,
                           int64_t pad, int64_t groups) {
  const std::vector<int64_t> in = dims(x);
  graph::Conv conv;
  conv.batch = in[0];
  conv.in_channels = in[1];
  conv.out_channels = out_channels;
  conv.groups = groups;
  conv.input_size = {in[2], in[3]};
  for (int64_t size : conv.input_size) {
    conv.output_size.push_back((size + 2 * pad - kernel) / stride + 1);
  }
  conv.kernel = {kernel, kernel};
  conv.strides = {stride, stride};
  conv.dilations = {1, 1};
  conv.pads_begin = {pad, pad};
  conv.pads_end = {pad, pad};
  return Node("conv", conv, {x}, {in[0], out_channels, conv.output_size[0], conv.output_size[1]});
}

namespace {
graph::Pool SquarePool(graph::PoolKind kind, const std::vector<int64_t>& in, int64_t kernel,
                       int64_t stride, int64_t pad) {
  graph::Pool pool;
  pool.kind = kind;
  pool.channels = in[0] * in[1];
  pool.input_size = {in[2], in[3]};
  for (int64_t size : pool.input_size) {
    pool.output_size.push_back((size + 2 * pad - kernel) / stride + 1);
  }
  pool.kernel = {kernel, kernel};
  pool.strides = {stride, stride};
  pool.pads_begin = {pad, pad};
  pool.pads_end = {pad, pad};
  pool.window = kernel * kernel;
  pool.outputs = pool.channels * pool.output_size[0] * pool.output_size[1];
  return pool;
}
}  // namespace

ValueId GraphBuilder::MaxPool(ValueId x, int64_t kernel, int64_t stride, int64_t pad) {
  const std::vector<int64_t> in = dims(x);
  const graph::Pool pool = SquarePool(graph::PoolKind::kMax, in, kernel, stride, pad);
  return Node("maxpool", pool, {x}, {in[0], in[1], pool.output_size[0], pool.output_size[1]});
}

ValueId GraphBuilder::AveragePool(ValueId x, int64_t kernel, int64_t stride) {
  const std::vector<int64_t> in = dims(x);
  const graph::Pool pool = SquarePool(graph::PoolKind::kAverage, in, kernel, stride, 0);
  return Node("averagepool", pool, {x}, {in[0], in[1], pool.output_size[0], pool.output_size[1]});
}

ValueId GraphBuilder::BatchNorm(ValueId x) {
  const std::vector<int64_t> in = dims(x);
  graph::Normalization norm;
  norm.kind = graph::NormalizationKind::kBatch;
  norm.elements = elements(x);
  norm.channels = in[1];
  norm.spatial.assign(in.begin() + 2, in.end());
  return Node("batchnorm", norm, {x}, in);
}

ValueId GraphBuilder::Linear(ValueId x, int64_t out_features) {
  const std::vector<int64_t> in = dims(x);
  graph::Linear linear;
  linear.rows = in[0];
  linear.in_features = in[1];
  linear.out_features = out_features;
  return Node("linear", linear, {x}, {in[0], out_features});
}

ValueId GraphBuilder::Flatten(ValueId x) {
  const int64_t batch = dims(x)[0];
  return Node("view", graph::View{}, {x}, {batch, elements(x) / batch});
}

ValueId GraphBuilder::Activate(ValueId x, graph::Activation activation) {
  activation.elements = elements(x);
  return Node(graph::KindName(activation), activation, {x}, dims(x));
}

ValueId GraphBuilder::Relu(ValueId x, int64_t kept_elements) {
  graph::Activation relu;
  relu.kept_elements = kept_elements;
  return Activate(x, relu);
}

ValueId GraphBuilder::Add(ValueId x, ValueId y) {
  graph::Elementwise add;
  add.elements = elements(x);
  return Node("add", add, {x, y}, dims(x));
}

ValueId GraphBuilder::Multiply(ValueId x, ValueId y) {
  graph::Elementwise multiply;
  multiply.kind = graph::ElementwiseKind::kMul;
  multiply.elements = elements(x);
  multiply.same_operands = x == y;
  return Node("mul", multiply, {x, y}, dims(x));
}

Graph GraphBuilder::Build(std::vector<ValueId> outputs) {
  parts_.outputs = std::move(outputs);
  absl::StatusOr<Graph> graph = Graph::Create(std::move(parts_));
  if (!graph.ok()) {
    std::fprintf(stderr, "%s\n", graph.status().ToString().c_str());
    std::abort();
  }
  return *std::move(graph);
}

Graph MiniOnnCifar() {
  GraphBuilder b("minionn_cifar");
  ValueId x = b.Input({1, 3, 32, 32});
  x = b.Relu(b.Conv(x, 64, 3, 1, 1));
  x = b.Relu(b.Conv(x, 64, 3, 1, 1));
  x = b.AveragePool(x, 2, 2);
  x = b.Relu(b.Conv(x, 64, 3, 1, 1));
  x = b.Relu(b.Conv(x, 64, 3, 1, 1));
  x = b.AveragePool(x, 2, 2);
  x = b.Relu(b.Conv(x, 64, 3, 1, 1));
  x = b.Relu(b.Conv(x, 64, 1));
  x = b.Relu(b.Conv(x, 16, 1));
  return b.Build({b.Linear(b.Flatten(x), 10)});
}

Graph ResNet18Cifar(int64_t classes, int64_t kept, int64_t of) {
  GraphBuilder b("resnet18_cifar");
  const auto relu = [&](ValueId x) {
    return b.Relu(x, kept < 0 ? -1 : b.elements(x) * kept / of / 8 * 8);
  };
  ValueId x = relu(b.Conv(b.Input({1, 3, 32, 32}), 64, 3, 1, 1));
  int64_t channels = 64;
  for (int64_t width : {64, 128, 256, 512}) {
    for (int block = 0; block < 2; ++block) {
      const int64_t stride = block == 0 && width != 64 ? 2 : 1;
      const ValueId y = b.Conv(relu(b.Conv(x, width, 3, stride, 1)), width, 3, 1, 1);
      const ValueId skip = stride == 1 && channels == width ? x : b.Conv(x, width, 1, stride);
      x = relu(b.Add(y, skip));
      channels = width;
    }
  }
  return b.Build({b.Linear(b.Flatten(b.AveragePool(x, 4, 4)), classes)});
}

namespace {

// Residual network without projections: the skip of a widening block is left out,
// as it was where these networks were measured.
Graph PlainResNet(const std::string& name, int64_t stem, const std::vector<int64_t>& widths,
                  int blocks, int64_t pool) {
  GraphBuilder b(name);
  ValueId x = b.Relu(b.Conv(b.Input({1, 3, 32, 32}), stem, 3, 1, 1));
  int64_t channels = stem;
  for (int64_t width : widths) {
    for (int block = 0; block < blocks; ++block) {
      const int64_t stride = width != channels ? 2 : 1;
      ValueId y = b.Conv(b.Relu(b.Conv(x, width, 3, stride, 1)), width, 3, 1, 1);
      if (stride == 1) y = b.Add(y, x);
      x = b.Relu(y);
      channels = width;
    }
  }
  return b.Build({b.Linear(b.Flatten(b.AveragePool(x, pool, pool)), 10)});
}

}  // namespace

Graph DelphiResNet18() { return PlainResNet("delphi_r18", 64, {64, 128, 256, 512}, 2, 2); }
Graph DelphiResNet32() { return PlainResNet("delphi_r32", 16, {16, 32, 64}, 5, 2); }

Graph DelphiVgg16() {
  GraphBuilder b("delphi_vgg16");
  ValueId x = b.Input({1, 3, 32, 32});
  for (int64_t width :
       {64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0}) {
    x = width == 0 ? b.AveragePool(x, 2, 2) : b.Relu(b.Conv(x, width, 3, 1, 1));
  }
  x = b.Relu(b.Linear(b.Flatten(x), 4096));
  x = b.Relu(b.Linear(x, 4096));
  return b.Build({b.Linear(x, 10)});
}

namespace {

constexpr int64_t kWidth = 16;

// A graph of one node of `attributes` on [4, 16] private elements.
Graph One(graph::NodeAttributes attributes, int operands, std::vector<int64_t> dims) {
  GraphBuilder b("one_node");
  std::vector<ValueId> inputs;
  for (int i = 0; i < operands; ++i) inputs.push_back(b.Input({4, kWidth}));
  return b.Build({b.Node("node", std::move(attributes), inputs, std::move(dims))});
}

void AddActivations(std::map<std::string, Graph>& graphs) {
  for (int kind = 0; kind <= static_cast<int>(ActivationKind::kPolynomial); ++kind) {
    graph::Activation activation;
    activation.kind = static_cast<ActivationKind>(kind);
    activation.elements = 4 * kWidth;
    activation.high = 6;
    activation.alpha = 0.1;
    if (activation.kind == ActivationKind::kPolynomial) activation.degree = 2;
    std::string name = graph::KindName(activation);
    if (activation.kind == ActivationKind::kGeluTanh) name += "_tanh";
    graphs.emplace(name, One(activation, 1, {4, kWidth}));
  }
}

void AddElementwise(std::map<std::string, Graph>& graphs) {
  using graph::Elementwise;
  for (int kind = 0; kind <= static_cast<int>(graph::ElementwiseKind::kMod); ++kind) {
    for (graph::Operand second :
         {graph::Operand::kPrivate, graph::Operand::kWeight, graph::Operand::kPublic}) {
      Elementwise elementwise;
      elementwise.kind = static_cast<graph::ElementwiseKind>(kind);
      elementwise.elements = 4 * kWidth;
      elementwise.second = second;
      elementwise.exponent = 2;
      graphs.emplace(
          absl::StrCat(graph::KindName(elementwise), "_operand", static_cast<int>(second)),
          One(elementwise, second == graph::Operand::kPrivate ? 2 : 1, {4, kWidth}));
    }
  }
  for (int kind = 0; kind <= static_cast<int>(graph::CompareKind::kXor); ++kind) {
    graph::Compare compare;
    compare.kind = static_cast<graph::CompareKind>(kind);
    compare.elements = 4 * kWidth;
    graphs.emplace(absl::StrCat("compare", kind), One(compare, 2, {4, kWidth}));
  }
  for (graph::Operand condition : {graph::Operand::kPrivate, graph::Operand::kPublic}) {
    graph::Select select;
    select.elements = 4 * kWidth;
    select.condition = condition;
    graphs.emplace(absl::StrCat("select", static_cast<int>(condition)),
                   One(select, 3, {4, kWidth}));
  }
}

void AddStatistics(std::map<std::string, Graph>& graphs) {
  for (int kind = 0; kind <= static_cast<int>(graph::NormalizationKind::kLocalResponse); ++kind) {
    graph::Normalization norm;
    norm.kind = static_cast<graph::NormalizationKind>(kind);
    norm.elements = 4 * kWidth;
    norm.rows = 4;
    norm.width = kWidth;
    norm.channels = kWidth;
    graphs.emplace(graph::KindName(norm), One(norm, 1, {4, kWidth}));
  }
  for (int kind = 0; kind <= static_cast<int>(graph::ReduceKind::kLogSumExp); ++kind) {
    graph::Reduce reduce;
    reduce.kind = static_cast<graph::ReduceKind>(kind);
    reduce.outputs = 4;
    reduce.width = kWidth;
    graphs.emplace(graph::KindName(reduce), One(reduce, 1, {4}));
  }
  for (bool log : {false, true}) {
    graph::Softmax softmax;
    softmax.rows = 4;
    softmax.width = kWidth;
    softmax.log = log;
    graphs.emplace(graph::KindName(softmax), One(softmax, 1, {4, kWidth}));
  }
  for (int64_t k : {1, 2}) {
    graph::TopK top;
    top.rows = 4;
    top.width = kWidth;
    top.k = k;
    graphs.emplace(absl::StrCat("topk", k), One(top, 1, {4, k}));
  }
}

void AddLinear(std::map<std::string, Graph>& graphs) {
  const auto conv = [&](const std::string& name, int64_t rank, bool transposed, int64_t groups) {
    GraphBuilder b(name);
    graph::Conv attributes;
    attributes.transposed = transposed;
    attributes.in_channels = 4;
    attributes.out_channels = 4;
    attributes.groups = groups;
    attributes.input_size.assign(rank, 8);
    attributes.kernel.assign(rank, 3);
    attributes.strides.assign(rank, transposed ? 2 : 1);
    attributes.dilations.assign(rank, 1);
    attributes.pads_begin.assign(rank, 1);
    attributes.pads_end.assign(rank, 1);
    attributes.output_size.assign(rank, transposed ? 15 : 8);
    std::vector<int64_t> in = {1, 4}, out = {1, 4};
    for (int64_t size : attributes.input_size) in.push_back(size);
    for (int64_t size : attributes.output_size) out.push_back(size);
    const ValueId x = b.Input(in);
    graphs.emplace(name, b.Build({b.Node("node", attributes, {x}, out)}));
  };
  conv("conv1d", 1, false, 1);
  conv("conv2d", 2, false, 1);
  conv("conv2d_depthwise", 2, false, 4);
  conv("conv2d_transposed", 2, true, 1);
  conv("conv3d", 3, false, 1);

  graph::Linear linear;
  linear.rows = 4;
  linear.in_features = kWidth;
  linear.out_features = 8;
  graphs.emplace("linear", One(linear, 1, {4, 8}));
  graph::PrivateMatMul product;
  product.rows = 4;
  product.inner = kWidth;
  product.columns = 4;
  graphs.emplace("privatematmul", One(product, 2, {4, 4}));
  graph::Embedding embedding;
  embedding.lookups = 4;
  embedding.table_rows = 100;
  embedding.row_elements = 8;
  embedding.private_indices = true;
  graphs.emplace("embedding_private", One(embedding, 1, {4, 8}));
  embedding.private_indices = false;
  graphs.emplace("embedding_public", One(embedding, 1, {4, 8}));
  graphs.emplace("view", One(graph::View{}, 1, {16, 4}));
  graph::PublicLinear interpolation;
  interpolation.multiplications = 64;
  graphs.emplace("publiclinear", One(interpolation, 1, {4, kWidth}));
  for (graph::PoolKind kind :
       {graph::PoolKind::kMax, graph::PoolKind::kAverage, graph::PoolKind::kLp}) {
    GraphBuilder b("pool");
    const ValueId x = b.Input({1, 4, 8, 8});
    const graph::Pool pool = SquarePool(kind, b.dims(x), 2, 2, 0);
    graphs.emplace(graph::KindName(pool), b.Build({b.Node("node", pool, {x}, {1, 4, 4, 4})}));
  }
}

}  // namespace

std::map<std::string, Graph> OneNodeGraphs() {
  std::map<std::string, Graph> graphs;
  AddActivations(graphs);
  AddElementwise(graphs);
  AddStatistics(graphs);
  AddLinear(graphs);
  return graphs;
}

}  // namespace picost::testing_support
