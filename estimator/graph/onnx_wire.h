// The protobuf bytes of a model, walked without parsing: the payloads of tensors
// are stepped over, everything else is kept.
//
// A file of 500 MB has some 10 KB of structure. Only that is read and copied:
// from a memory map the pages of the weights are never touched. External data is
// never opened; where it would be is dropped here, too.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_WIRE_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_WIRE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace picost::graph {

struct WireLimits {
  int64_t max_bytes = int64_t{4} << 30;
  int64_t max_structure_bytes = int64_t{64} << 20;
  int64_t max_name_bytes = 4096;
  int64_t max_subgraph_depth = 16;
};

// Tensors up to this many elements keep their values: shapes, axes, bounds.
inline constexpr int64_t kMaxKeptElements = 64;

struct ScannedModel {
  std::string structure;      // a ModelProto without payloads
  int64_t payload_bytes = 0;  // stepped over
};

// kInvalidArgument: empty, not a ModelProto, truncated; the byte offset is named.
// kResourceExhausted: a limit, named.
absl::StatusOr<ScannedModel> ScanModel(std::string_view bytes, const WireLimits& limits);

// The same walk for `strip`: a valid weightless file. Payloads above
// kMaxKeptElements are cleared; documentation and metadata stay.
absl::StatusOr<std::string> StripModel(std::string_view bytes, const WireLimits& limits);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_WIRE_H_
