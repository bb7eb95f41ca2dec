// Prints what the importer makes of files, one line of JSON each: for comparing
// many models with counts made elsewhere.
//
//   bazel run //tests/bench/import_onnx:dump -- [--dim NAME=SIZE]... FILE...
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/graph/onnx_import.h"

namespace {

std::string Escape(const std::string& text) {
  std::string escaped;
  for (char c : text) {
    if (c == '"' || c == '\\') escaped.push_back('\\');
    escaped.push_back(c == '\n' ? ' ' : c);
  }
  return escaped;
}

void Dump(const std::string& path, const picost::graph::ImportOptions& options) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  const auto graph = picost::graph::ImportOnnx(bytes.str(), options);
  if (!graph.ok()) {
    std::printf("{\"file\":\"%s\",\"code\":\"%s\",\"error\":\"%s\"}\n", path.c_str(),
                absl::StatusCodeToString(graph.status().code()).c_str(),
                Escape(std::string(graph.status().message())).c_str());
    return;
  }
  const auto counts = picost::count::CountOps(*graph);
  std::map<std::string, int64_t> kinds;
  std::vector<std::string> nodes;
  for (size_t i = 0; i < graph->nodes().size(); ++i) {
    const auto& node = graph->nodes()[i];
    const std::string kind = picost::graph::KindName(node.attributes);
    ++kinds[kind];
    nodes.push_back(absl::StrCat("[\"", kind, "\",\"", Escape(node.name), "\",\"", node.onnx_op,
                                 "\",", counts.by_node[i].output_elements, ",",
                                 counts.by_node[i].macs, "]"));
  }
  const auto pair = [](std::string* out, const std::pair<const std::string, int64_t>& entry) {
    absl::StrAppend(out, "\"", entry.first, "\":", entry.second);
  };
  const auto& total = counts.total;
  std::printf(
      "{\"file\":\"%s\",\"relu_elements\":%ld,\"maxpool_comparisons\":%ld,\"conv_macs\":%ld,"
      "\"linear_macs\":%ld,\"bmm_macs\":%ld,\"elements\":{%s},\"kinds\":{%s},\"warnings\":%zu,"
      "\"nodes\":[%s]}\n",
      path.c_str(), total.relu_elements, total.maxpool_comparisons, total.conv_macs,
      total.linear_macs, total.private_matmul_macs,
      absl::StrJoin(total.elements_by_kind, ",", pair).c_str(),
      absl::StrJoin(kinds, ",", pair).c_str(), graph->notes().warnings.size(),
      absl::StrJoin(nodes, ",").c_str());
}

}  // namespace

int main(int argc, char** argv) {
  picost::graph::ImportOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const size_t equals = argument.find('=');
    if (argument == "--dim" && i + 1 < argc) {
      const std::string binding = argv[++i];
      const size_t split = binding.find('=');
      options.dimensions[binding.substr(0, split)] = std::stoll(binding.substr(split + 1));
    } else if (equals == std::string::npos || argument[0] != '-') {
      Dump(argument, options);
    }
  }
  return 0;
}
