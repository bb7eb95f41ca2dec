#include "tests/fuzz/laws.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "estimator/count/op_counts.h"
#include "estimator/graph/onnx_import.h"

namespace picost::fuzz {

void Require(bool holds, const char* law) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", law);
  std::abort();
}

graph::ImportOptions SmallOptions(size_t choice) {
  graph::ImportOptions options;
  options.dimensions = {{"N", 2}, {"H", 32}, {"W", 32}, {"batch", 1}};
  options.unknown = static_cast<graph::UnknownOperatorPolicy>(choice % 3);
  options.limits.max_bytes = 1 << 20;
  options.limits.max_structure_bytes = 1 << 20;
  options.limits.max_nodes = 2000;
  options.limits.max_elements = int64_t{1} << 32;
  return options;
}

void CheckCounts(const graph::Graph& graph) {
  const auto counts = count::CountOps(graph);
  count::Counts sum;
  for (const auto& node : counts.by_node) sum += node;
  Require(sum == counts.total, "the total is the sum over the nodes");
  Require(sum.relu_elements >= 0 && sum.macs >= 0 && sum.comparisons >= 0 &&
              sum.multiplications >= 0 && sum.squares >= 0 && sum.truncations >= 0 &&
              sum.exponentials >= 0 && sum.reciprocals >= 0 && sum.weight_products >= 0 &&
              sum.parameters >= 0,
          "no count is negative");
  Require(sum.macs == sum.conv_macs + sum.linear_macs + sum.private_matmul_macs,
          "macs are the sum of their kinds");
  Require(sum.maxpool_comparisons <= sum.comparisons, "max pooling's comparisons are comparisons");
}

void CheckImport(std::string_view bytes, const graph::ImportOptions& options) {
  const auto graph = graph::ImportOnnx(bytes, options);
  if (!graph.ok()) {
    Require(!graph.status().message().empty(), "a refusal says why");
    Require(graph.status().code() != absl::StatusCode::kInternal,
            "no input breaks an invariant of ours");
    return;
  }
  CheckCounts(*graph);
  const auto stripped = graph::StripWeights(bytes, options.limits);
  Require(stripped.ok(), "an accepted file can be stripped");
  const auto again = graph::ImportOnnx(*stripped, options);
  Require(again.ok() && again->fingerprint() == graph->fingerprint(),
          "a stripped file is the same model");
}

}  // namespace picost::fuzz
