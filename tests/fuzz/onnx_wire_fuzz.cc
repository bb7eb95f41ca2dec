// The wire scanner on arbitrary bytes: what it keeps is small, scans to itself,
// and strips to the same structure.
//
//   bazel build --config=fuzz //tests/fuzz:onnx_wire_fuzzer
#include <cstdint>
#include <string_view>

#include "estimator/graph/onnx_wire.h"
#include "tests/fuzz/laws.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using picost::fuzz::Require;
  using picost::graph::ScanModel;
  using picost::graph::StripModel;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const picost::graph::WireLimits limits = {.max_bytes = 1 << 20};
  const auto model = ScanModel(bytes, limits);
  if (!model.ok()) return 0;
  // Length prefixes may be written longer than needed, never shorter.
  Require(model->structure.size() <= bytes.size(), "structure is no larger than the file");
  if (model->structure.empty()) return 0;
  const auto again = ScanModel(model->structure, limits);
  Require(again.ok() && again->structure == model->structure, "scanning twice is scanning once");
  const auto stripped = StripModel(bytes, limits);
  Require(stripped.ok(), "what scans can be stripped");
  const auto rescanned = ScanModel(*stripped, limits);
  Require(rescanned.ok() && rescanned->structure == model->structure,
          "a stripped file has the same structure");
  return 0;
}
