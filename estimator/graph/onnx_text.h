// Small models written as text, for tests (syntax: onnx/defs/parser.h).
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_TEXT_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_TEXT_H_

#include <string>

namespace picost::graph {

// Bytes of the model that `text` describes; stops the test program where it does
// not parse.
std::string OnnxFromText(const std::string& text);

// A model of one graph at an opset: `graph` is "(float[1,3] x) => (float[1,3] y)
// { y = Relu(x) }".
std::string OnnxGraph(const std::string& graph, int opset = 17);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_TEXT_H_
