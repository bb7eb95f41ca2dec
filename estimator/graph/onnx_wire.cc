#include "estimator/graph/onnx_wire.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/checked_math.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_fields.h"
#include "estimator/graph/wire_reader.h"

namespace picost::graph {
namespace {

using onnx_fields::Action;
using onnx_fields::FieldRule;
using onnx_fields::GuessOtherFormat;
using onnx_fields::Malformed;
using onnx_fields::Message;
using onnx_fields::MessageName;
using onnx_fields::OverLimit;
using onnx_fields::RuleFor;

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const unsigned char lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80   ? 1
                          : lead < 0xc2 ? 0
                          : lead < 0xe0 ? 2
                          : lead < 0xf0 ? 3
                          : lead < 0xf5 ? 4
                                        : 0;
    if (length == 0 || length > text.size() - i) return false;
    for (size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    }
    const unsigned char second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
      return false;  // overlong forms, surrogates, beyond U+10FFFF
    }
    i += length;
  }
  return true;
}

// Number of elements of a TensorProto, or nothing where it is not a small
// non-negative number; `payload` is the size of all data fields.
struct TensorSize {
  std::optional<int64_t> elements = 1;
  size_t payload = 0;
};

class Scanner {
 public:
  Scanner(std::string_view file, const WireLimits& limits, bool keep_documents)
      : file_(file), limits_(limits), keep_documents_(keep_documents) {}

  absl::Status Walk(Message kind, std::string_view message, int64_t depth, std::string& out) {
    if (kind == Message::kTensor) return WalkTensor(message, out);
    WireReader reader(message);
    while (const auto field = reader.Next()) {
      const FieldRule rule = RuleFor(kind, field->number);
      PICOST_RETURN_IF_ERROR(WalkField(kind, rule, *field, depth, out));
      if (static_cast<int64_t>(out.size()) > limits_.max_structure_bytes) {
        return OverLimit(
            absl::StrCat("the model's structure without weights exceeds the limit "
                         "max_structure_bytes = ",
                         limits_.max_structure_bytes));
      }
    }
    return End(kind, message, reader);
  }

  int64_t payload_bytes() const { return payload_bytes_; }

 private:
  absl::Status WalkField(Message kind, const FieldRule& rule, const WireField& field, int64_t depth,
                         std::string& out) {
    switch (rule.action) {
      case Action::kDrop:
        return absl::OkStatus();
      case Action::kDocument:
        if (keep_documents_) out.append(field.record);
        return absl::OkStatus();
      case Action::kName:
        PICOST_RETURN_IF_ERROR(CheckName(kind, field));
        out.append(field.record);
        return absl::OkStatus();
      case Action::kCopy:
        out.append(field.record);
        return absl::OkStatus();
      case Action::kDescend: {
        if (field.type != WireType::kBytes) return WrongType(kind, field);
        if (rule.child == Message::kGraph && ++depth > limits_.max_subgraph_depth) {
          return OverLimit(
              absl::StrCat("subgraphs are nested deeper than the limit "
                           "max_subgraph_depth = ",
                           limits_.max_subgraph_depth));
        }
        std::string child;
        PICOST_RETURN_IF_ERROR(Walk(rule.child, field.bytes, depth, child));
        AppendBytesField(field.number, child, out);
        return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckName(Message kind, const WireField& field) const {
    if (field.type != WireType::kBytes) return WrongType(kind, field);
    if (static_cast<int64_t>(field.bytes.size()) > limits_.max_name_bytes) {
      return OverLimit(
          absl::StrCat("a name of ", field.bytes.size(), " bytes in a ", MessageName(kind),
                       " exceeds the limit max_name_bytes = ", limits_.max_name_bytes));
    }
    if (!IsUtf8(field.bytes)) {
      return Malformed(absl::StrCat("a name in a ", MessageName(kind), " at byte ",
                                    Offset(field.bytes), " is not UTF-8"));
    }
    return absl::OkStatus();
  }

  // Two walks: a tensor's dimensions may follow its payload.
  absl::Status WalkTensor(std::string_view message, std::string& out) {
    TensorSize size;
    WireReader sizes(message);
    while (const auto field = sizes.Next()) AddSize(*field, size);
    PICOST_RETURN_IF_ERROR(End(Message::kTensor, message, sizes));
    // 16 bytes hold an element in every encoding but strings, which nobody needs.
    const bool keep = size.elements && *size.elements <= kMaxKeptElements &&
                      size.payload <= 16 * kMaxKeptElements;
    if (!keep) payload_bytes_ += static_cast<int64_t>(size.payload);
    WireReader reader(message);
    while (const auto field = reader.Next()) {
      FieldRule rule = RuleFor(Message::kTensor, field->number);
      const bool location = field->number == 13 || field->number == 14;
      if (rule.action == Action::kDrop && keep && !location) rule.action = Action::kCopy;
      PICOST_RETURN_IF_ERROR(WalkField(Message::kTensor, rule, *field, 0, out));
    }
    return absl::OkStatus();
  }

  static void AddSize(const WireField& field, TensorSize& size) {
    if (field.number == 1) {
      if (field.type == WireType::kVarint) {
        AddDim(field.varint, size);
      } else if (field.type == WireType::kBytes) {  // packed
        std::string_view rest = field.bytes;
        while (!rest.empty()) {
          uint64_t value = 0;
          int shift = 0;
          while (!rest.empty()) {
            const uint64_t byte = static_cast<unsigned char>(rest.front());
            rest.remove_prefix(1);
            if (shift < 64) value |= (byte & 0x7f) << shift;
            shift += 7;
            if (byte < 0x80) break;
          }
          AddDim(value, size);
        }
      }
    } else if (RuleFor(Message::kTensor, field.number).action == Action::kDrop) {
      size.payload += field.bytes.size() + (field.type == WireType::kVarint ? 1 : 0);
    }
  }

  static void AddDim(uint64_t dim, TensorSize& size) {
    const int64_t value = static_cast<int64_t>(dim);
    if (size.elements) {
      size.elements = value < 0 ? std::nullopt : CheckedMultiply(*size.elements, value);
    }
  }

  absl::Status WrongType(Message kind, const WireField& field) const {
    return Malformed(absl::StrCat("not an ONNX model: field ", field.number, " of a ",
                                  MessageName(kind), " at byte ", Offset(field.record),
                                  " has the wrong type"));
  }

  absl::Status End(Message kind, std::string_view message, const WireReader& reader) const {
    if (reader.ok()) return absl::OkStatus();
    const size_t at = Offset(message) + reader.position();
    // Something that ends at the end of the file and asks for more was cut off.
    const bool at_end = message.data() + message.size() == file_.data() + file_.size();
    if (reader.truncated() && at_end && (kind != Message::kModel || reader.position() > 0)) {
      return Malformed(absl::StrCat("the file is truncated: it ends at byte ", file_.size(),
                                    " inside a field of a ", MessageName(kind),
                                    " that begins at byte ", at));
    }
    return Malformed(
        absl::StrCat("not an ONNX model: the bytes from ", at, " on are no ", MessageName(kind)));
  }

  size_t Offset(std::string_view part) const {
    return static_cast<size_t>(part.data() - file_.data());
  }

  std::string_view file_;
  const WireLimits& limits_;
  bool keep_documents_;
  int64_t payload_bytes_ = 0;
};

absl::StatusOr<ScannedModel> Scan(std::string_view bytes, const WireLimits& limits,
                                  bool keep_documents) {
  if (bytes.empty()) return Malformed("not an ONNX model: the file is empty");
  if (static_cast<int64_t>(bytes.size()) > limits.max_bytes) {
    return OverLimit(absl::StrCat("the file of ", bytes.size(),
                                  " bytes exceeds the limit max_bytes = ", limits.max_bytes));
  }
  ScannedModel model;
  Scanner scanner(bytes, limits, keep_documents);
  if (absl::Status status = scanner.Walk(Message::kModel, bytes, 0, model.structure);
      !status.ok()) {
    const std::string guess = GuessOtherFormat(bytes);
    return guess.empty() ? status : Malformed(absl::StrCat("not an ONNX model", guess));
  }
  model.payload_bytes = scanner.payload_bytes();
  return model;
}

}  // namespace

absl::StatusOr<ScannedModel> ScanModel(std::string_view bytes, const WireLimits& limits) {
  return Scan(bytes, limits, /*keep_documents=*/false);
}

absl::StatusOr<std::string> StripModel(std::string_view bytes, const WireLimits& limits) {
  PICOST_ASSIGN_OR_RETURN(ScannedModel model, Scan(bytes, limits, /*keep_documents=*/true));
  return std::move(model.structure);
}

}  // namespace picost::graph
