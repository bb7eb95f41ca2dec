// Which fields of ONNX's messages are structure, and which are payload: what the
// scanners of whole files and of streams share.
#ifndef PICOST_ESTIMATOR_GRAPH_ONNX_FIELDS_H_
#define PICOST_ESTIMATOR_GRAPH_ONNX_FIELDS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace picost::graph::onnx_fields {

// The messages on the way from a model to its tensors. Field numbers are those
// of onnx.proto (ONNX 1.12 to 1.19; they never change).
enum class Message {
  kModel,
  kGraph,
  kNode,
  kAttribute,
  kTensor,
  kSparseTensor,
  kFunction,
  kValueInfo,
  kOther,  // copied as it is
};

const char* MessageName(Message message);

// What to do with one field of a message.
enum class Action { kCopy, kDescend, kName, kDrop, kDocument };

struct FieldRule {
  Action action = Action::kCopy;
  Message child = Message::kOther;
};

FieldRule RuleFor(Message message, int64_t field);

// Errors of a file: not what it should be; above a limit.
absl::Status Malformed(std::string what);
absl::Status OverLimit(std::string what);

// " (it looks like a zip archive: a torch checkpoint?)" of files that are often
// sent by mistake, by their first bytes; else empty.
std::string GuessOtherFormat(std::string_view bytes);

}  // namespace picost::graph::onnx_fields

#endif  // PICOST_ESTIMATOR_GRAPH_ONNX_FIELDS_H_
