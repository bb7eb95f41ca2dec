// Builds canonical graphs in tests, without ONNX: shapes follow, names are made up
// ("conv1", "relu2", ...).
#ifndef PICOST_TESTS_SUPPORT_GRAPHS_H_
#define PICOST_TESTS_SUPPORT_GRAPHS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "estimator/graph/graph.h"

namespace picost::testing_support {

class GraphBuilder {
 public:
  explicit GraphBuilder(std::string name = "test") { parts_.name = std::move(name); }

  graph::ValueId Input(std::vector<int64_t> dims);

  // Square kernels on [batch, channels, height, width].
  graph::ValueId Conv(graph::ValueId x, int64_t out_channels, int64_t kernel, int64_t stride = 1,
                      int64_t pad = 0, int64_t groups = 1);
  graph::ValueId MaxPool(graph::ValueId x, int64_t kernel, int64_t stride, int64_t pad = 0);
  graph::ValueId AveragePool(graph::ValueId x, int64_t kernel, int64_t stride);
  graph::ValueId BatchNorm(graph::ValueId x);
  graph::ValueId Linear(graph::ValueId x, int64_t out_features);  // on [rows, in]
  graph::ValueId Flatten(graph::ValueId x);                       // to [batch, rest]

  graph::ValueId Relu(graph::ValueId x, int64_t kept_elements = -1);
  graph::ValueId Activate(graph::ValueId x, graph::Activation activation);
  graph::ValueId Add(graph::ValueId x, graph::ValueId y);
  graph::ValueId Multiply(graph::ValueId x, graph::ValueId y);

  // Any node with one output.
  graph::ValueId Node(const std::string& stem, graph::NodeAttributes attributes,
                      std::vector<graph::ValueId> inputs, std::vector<int64_t> dims);

  const std::vector<int64_t>& dims(graph::ValueId value) const {
    return parts_.values[value].type.dims;
  }
  int64_t elements(graph::ValueId value) const { return parts_.values[value].type.ElementCount(); }

  // Aborts where the parts are inconsistent: the test's mistake.
  graph::Graph Build(std::vector<graph::ValueId> outputs);

 private:
  graph::Graph::Parts parts_;
  std::map<std::string, int> made_;
};

// The network of MiniONN for CIFAR-10, as the measured runs had it.
graph::Graph MiniOnnCifar();
// ResNet-18 for CIFAR with 1x1 projections; kept = -1 or that fraction's numerator
// out of `of` of every ReLU, rounded down to multiples of 8.
graph::Graph ResNet18Cifar(int64_t classes = 100, int64_t kept = -1, int64_t of = 1);

// ResNet-18, ResNet-32 and VGG-16 as Garimella et al. (ASPLOS 2023) ran them under
// DELPHI: no projections, pooling before the last layer by 2, 4 or 2.
graph::Graph DelphiResNet18();
graph::Graph DelphiResNet32();
graph::Graph DelphiVgg16();

// One small graph for every kind of node, by kind name.
std::map<std::string, graph::Graph> OneNodeGraphs();

}  // namespace picost::testing_support

#endif  // PICOST_TESTS_SUPPORT_GRAPHS_H_
