// The wire scanner on arbitrary bytes: what it keeps is small, scans to itself,
// and strips to the same structure.
//
//   bazel build --config=fuzz //tests/fuzz:onnx_wire_fuzzer
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "estimator/graph/onnx_stream.h"
#include "estimator/graph/onnx_wire.h"
#include "tests/fuzz/laws.h"

namespace {

using picost::fuzz::Require;
using picost::graph::ModelStream;
using picost::graph::ScanModel;
using picost::graph::WireLimits;

// The same bytes in pieces: refused only where the whole is, and else the same
// structure. Sizes of the pieces depend on the content.
void CheckStream(std::string_view bytes, const WireLimits& limits) {
  ModelStream stream(limits);
  absl::Status status;
  for (size_t at = 0, piece = 1; at < bytes.size() && status.ok(); at += piece) {
    piece = 1 + static_cast<unsigned char>(bytes[at]) % 97;
    status = stream.Add(bytes.substr(at, piece));
  }
  const auto whole = ScanModel(bytes, limits);
  // Nothing but unknown fields: no stream keeps them, and no importer takes them.
  if (whole.ok() && whole->structure.empty()) return;
  const auto kept = status.ok() ? stream.Finish() : absl::StatusOr<std::string>(status);
  if (!kept.ok()) {
    Require(!whole.ok(), "what a stream refuses is refused as a file");
    return;
  }
  const auto again = ScanModel(*kept, limits);
  Require(again.ok() == whole.ok(), "a stream is refused as its file is");
  if (whole.ok()) {
    Require(again->structure == whole->structure, "a stream has the structure of its file");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using picost::graph::StripModel;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const WireLimits limits = {.max_bytes = 1 << 20};
  CheckStream(bytes, limits);
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
