// The importer on arbitrary bytes: no crash, no hang, no unbounded memory, and
// three laws where a file is accepted.
//
//   bazel build --config=fuzz //tests/fuzz:onnx_import_fuzzer
//   bazel-bin/tests/fuzz/onnx_import_fuzzer -max_len=65536 CORPUS_COPY
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/onnx_import.h"

namespace {

using picost::graph::Graph;
using picost::graph::ImportOptions;
using picost::graph::UnknownOperatorPolicy;

void Require(bool holds, const char* law) {
  if (holds) return;
  std::fprintf(stderr, "violated: %s\n", law);
  std::abort();
}

// Small limits: a hang is then a mistake of ours and no large model.
ImportOptions OptionsFor(size_t size) {
  ImportOptions options;
  options.dimensions = {{"N", 2}, {"H", 32}, {"W", 32}, {"batch", 1}};
  options.unknown = static_cast<UnknownOperatorPolicy>(size % 3);
  options.limits.max_bytes = 1 << 20;
  options.limits.max_structure_bytes = 1 << 20;
  options.limits.max_nodes = 2000;
  options.limits.max_elements = int64_t{1} << 32;
  return options;
}

void CheckCounts(const Graph& graph) {
  const auto counts = picost::count::CountOps(graph);
  picost::count::Counts sum;
  for (const auto& node : counts.by_node) sum += node;
  Require(sum == counts.total, "the total is the sum over the nodes");
  Require(sum.relu_elements >= 0 && sum.macs >= 0 && sum.comparisons >= 0 &&
              sum.multiplications >= 0 && sum.squares >= 0 && sum.truncations >= 0 &&
              sum.parameters >= 0,
          "no count is negative");
  Require(sum.macs == sum.conv_macs + sum.linear_macs + sum.private_matmul_macs,
          "macs are the sum of their kinds");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const ImportOptions options = OptionsFor(size);
  const auto graph = picost::graph::ImportOnnx(bytes, options);
  if (!graph.ok()) {
    Require(!graph.status().message().empty(), "a refusal says why");
    Require(graph.status().code() != absl::StatusCode::kInternal,
            "no input breaks an invariant of ours");
    return 0;
  }
  CheckCounts(*graph);
  const auto stripped = picost::graph::StripWeights(bytes, options.limits);
  Require(stripped.ok(), "an accepted file can be stripped");
  const auto again = picost::graph::ImportOnnx(*stripped, options);
  Require(again.ok() && again->fingerprint() == graph->fingerprint(),
          "a stripped file is the same model");
  return 0;
}
