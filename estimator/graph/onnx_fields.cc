#include "estimator/graph/onnx_fields.h"

#include <utility>

#include "absl/strings/match.h"
#include "estimator/base/error.h"

namespace picost::graph::onnx_fields {

const char* MessageName(Message message) {
  switch (message) {
    case Message::kModel:
      return "ModelProto";
    case Message::kGraph:
      return "GraphProto";
    case Message::kNode:
      return "NodeProto";
    case Message::kAttribute:
      return "AttributeProto";
    case Message::kTensor:
      return "TensorProto";
    case Message::kSparseTensor:
      return "SparseTensorProto";
    case Message::kFunction:
      return "FunctionProto";
    case Message::kValueInfo:
      return "ValueInfoProto";
    case Message::kOther:
      return "message";
  }
  return "message";
}

FieldRule RuleFor(Message message, int64_t field) {
  switch (message) {
    case Message::kModel:
      switch (field) {
        case 6:
        case 14:
          return {Action::kDocument};
        case 7:
          return {Action::kDescend, Message::kGraph};
        case 20:
          return {Action::kDrop};  // training: no part of inference
        case 25:
          return {Action::kDescend, Message::kFunction};
        default:
          return {};
      }
    case Message::kGraph:
      switch (field) {
        case 1:
          return {Action::kDescend, Message::kNode};
        case 2:
          return {Action::kName};
        case 5:
          return {Action::kDescend, Message::kTensor};
        case 10:
        case 14:
        case 16:
          return {Action::kDocument};
        case 11:
        case 12:
        case 13:
          return {Action::kDescend, Message::kValueInfo};
        case 15:
          return {Action::kDescend, Message::kSparseTensor};
        default:
          return {};
      }
    case Message::kNode:
      switch (field) {
        case 1:
        case 2:
        case 3:
        case 4:
        case 7:
        case 8:
          return {Action::kName};
        case 5:
          return {Action::kDescend, Message::kAttribute};
        case 6:
        case 9:
          return {Action::kDocument};
        default:
          return {};
      }
    case Message::kAttribute:
      switch (field) {
        case 1:
        case 21:
          return {Action::kName};
        case 5:
        case 10:
          return {Action::kDescend, Message::kTensor};
        case 6:
        case 11:
          return {Action::kDescend, Message::kGraph};
        case 13:
          return {Action::kDocument};
        case 22:
        case 23:
          return {Action::kDescend, Message::kSparseTensor};
        default:
          return {};
      }
    case Message::kSparseTensor:
      return field == 1 || field == 2 ? FieldRule{Action::kDescend, Message::kTensor} : FieldRule{};
    case Message::kFunction:
      switch (field) {
        case 1:
        case 4:
        case 5:
        case 6:
        case 10:
        case 13:
          return {Action::kName};
        case 7:
          return {Action::kDescend, Message::kNode};
        case 8:
        case 14:
          return {Action::kDocument};
        case 11:
          return {Action::kDescend, Message::kAttribute};
        case 12:
          return {Action::kDescend, Message::kValueInfo};
        default:
          return {};
      }
    case Message::kValueInfo:
      return field == 1 ? FieldRule{Action::kName}
                        : (field == 3 || field == 4 ? FieldRule{Action::kDocument} : FieldRule{});
    case Message::kTensor:
      switch (field) {
        case 4:
        case 5:
        case 6:
        case 7:
        case 9:
        case 10:
        case 11:
          return {Action::kDrop};
        case 8:
          return {Action::kName};
        case 12:
        case 16:
          return {Action::kDocument};
        case 13:
        case 14:
          return {Action::kDrop};  // where the payload is: never opened
        default:
          return {};
      }
    case Message::kOther:
      return {};
  }
  return {};
}

absl::Status Malformed(std::string what) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.field = "onnx", .mend = "Send the file that the exporter wrote, unchanged"});
}

absl::Status OverLimit(std::string what) {
  return MakeError(absl::StatusCode::kResourceExhausted, std::move(what),
                   {.field = "onnx",
                    .mend = "Send a smaller model, or raise the limit where the service is "
                            "configured"});
}

std::string GuessOtherFormat(std::string_view bytes) {
  if (absl::StartsWith({bytes.data(), bytes.size()}, "PK\x03\x04")) {
    return " (it looks like a zip archive: a torch checkpoint?)";
  }
  if (absl::StartsWith({bytes.data(), bytes.size()}, "\x89HDF")) {
    return " (it looks like HDF5: a Keras checkpoint?)";
  }
  if (bytes.size() > 8 && bytes.substr(4, 4) == "TFL3") return " (it looks like TensorFlow Lite)";
  return "";
}

}  // namespace picost::graph::onnx_fields
