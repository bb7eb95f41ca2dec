// A model file that arrives in pieces: what is kept of it is as small as what
// ScanModel keeps of a whole one, however large its weights are.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_STREAM_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_STREAM_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/graph/onnx_fields.h"
#include "estimator/graph/onnx_wire.h"

namespace picost::graph {

class ModelStream {
 public:
  explicit ModelStream(const WireLimits& limits);

  // The next bytes. After an error nothing more can be added.
  // kInvalidArgument: no ModelProto; the byte is named.
  // kResourceExhausted: a limit, named.
  absl::Status Add(std::string_view chunk);

  // The file without the payloads that ScanModel and StripModel step over: both
  // make of it what they make of the whole file. kInvalidArgument: it was cut.
  absl::StatusOr<std::string> Finish();

  // Bytes that arrived.
  int64_t bytes() const { return arrived_; }

 private:
  // A message whose end has not come yet.
  struct Frame {
    onnx_fields::Message kind = onnx_fields::Message::kModel;
    int64_t field = 0;     // its number in the message around it
    uint64_t left = 0;     // bytes of its content still to come
    int64_t payload = 0;   // of a tensor: bytes of its data fields
    bool thinned = false;  // some of them were left out
    std::string out;
  };
  // Where in a field the next byte is.
  enum class Part { kTag, kVarint, kLength, kCopy, kSkip };

  absl::Status Read(std::string_view bytes);
  absl::Status AddHeaderByte(char byte);
  absl::Status BeginContent(uint64_t length);
  absl::Status Hold(uint64_t more);
  void CloseFrames();
  absl::Status NoModel() const;

  const WireLimits limits_;
  std::vector<Frame> frames_;  // the model first
  Part part_ = Part::kTag;
  std::string header_;  // of the field that is being read
  int varint_bytes_ = 0;
  uint64_t varint_ = 0;
  int64_t number_ = 0;  // of the field
  uint64_t content_left_ = 0;
  int64_t arrived_ = 0;
  int64_t bytes_ = 0;  // of them, that have been read
  int64_t field_begin_ = 0;
  int64_t held_ = 0;
  int64_t graphs_ = 0;
  // Held back until there are enough to tell other formats by.
  std::string first_bytes_;
  bool begun_ = false;
};

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_STREAM_H_
