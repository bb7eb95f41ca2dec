#include "estimator/graph/onnx_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/wire_reader.h"

namespace picost::graph {
namespace {

using onnx_fields::Action;
using onnx_fields::Malformed;
using onnx_fields::Message;
using onnx_fields::OverLimit;
using onnx_fields::RuleFor;

// As in ScanModel: a tensor with more bytes of data keeps none of them.
constexpr int64_t kMaxKeptPayload = 16 * kMaxKeptElements;
constexpr size_t kFirstBytes = 16;
constexpr int kMaxVarintBytes = 10;

bool IsPayload(Message kind, int64_t field) {
  return kind == Message::kTensor && RuleFor(kind, field).action == Action::kDrop;
}

// A tensor that had more data than is kept: the rest of the data goes, too.
std::string WithoutPayload(const std::string& tensor) {
  std::string out;
  WireReader reader(tensor);
  while (const auto field = reader.Next()) {
    if (!IsPayload(Message::kTensor, field->number)) out.append(field->record);
  }
  return out;
}

}  // namespace

ModelStream::ModelStream(const WireLimits& limits) : limits_(limits) {
  frames_.push_back({.left = UINT64_MAX});
}

absl::Status ModelStream::NoModel() const {
  const std::string guess = onnx_fields::GuessOtherFormat(first_bytes_);
  if (!guess.empty()) return Malformed(absl::StrCat("not an ONNX model", guess));
  return Malformed(absl::StrCat("not an ONNX model: the bytes from ", field_begin_,
                                " on are no field of a ",
                                onnx_fields::MessageName(frames_.back().kind)));
}

absl::Status ModelStream::Hold(uint64_t more) {
  if (more <= static_cast<uint64_t>(limits_.max_structure_bytes) &&
      held_ + static_cast<int64_t>(more) <= limits_.max_structure_bytes) {
    held_ += static_cast<int64_t>(more);
    return absl::OkStatus();
  }
  return OverLimit(
      absl::StrCat("the model's structure without weights exceeds the limit "
                   "max_structure_bytes = ",
                   limits_.max_structure_bytes));
}

absl::Status ModelStream::Add(std::string_view chunk) {
  if (static_cast<int64_t>(chunk.size()) > limits_.max_bytes - arrived_) {
    return OverLimit(absl::StrCat("the file exceeds the limit max_bytes = ", limits_.max_bytes));
  }
  arrived_ += static_cast<int64_t>(chunk.size());
  if (!begun_) {
    const std::string_view first = chunk.substr(0, kFirstBytes - first_bytes_.size());
    first_bytes_.append(first);
    chunk.remove_prefix(first.size());
    if (first_bytes_.size() < kFirstBytes) return absl::OkStatus();
    begun_ = true;
    PICOST_RETURN_IF_ERROR(Read(first_bytes_));
  }
  return Read(chunk);
}

absl::Status ModelStream::Read(std::string_view chunk) {
  while (!chunk.empty()) {
    if (part_ != Part::kCopy && part_ != Part::kSkip) {
      PICOST_RETURN_IF_ERROR(AddHeaderByte(chunk.front()));
      chunk.remove_prefix(1);
      continue;
    }
    const size_t now = static_cast<size_t>(std::min<uint64_t>(content_left_, chunk.size()));
    if (part_ == Part::kCopy) frames_.back().out.append(chunk.substr(0, now));
    bytes_ += static_cast<int64_t>(now);
    content_left_ -= now;
    chunk.remove_prefix(now);
    if (content_left_ == 0) CloseFrames();
  }
  return absl::OkStatus();
}

absl::Status ModelStream::AddHeaderByte(char byte) {
  Frame& frame = frames_.back();
  if (header_.empty()) field_begin_ = bytes_;
  if (frame.left == 0 || varint_bytes_ == kMaxVarintBytes) return NoModel();
  header_.push_back(byte);
  ++bytes_;
  --frame.left;
  const uint64_t bits = static_cast<unsigned char>(byte);
  const int shift = 7 * varint_bytes_++;
  if (shift < 64) varint_ |= (bits & 0x7f) << shift;
  if (bits >= 0x80) return absl::OkStatus();
  const uint64_t value = std::exchange(varint_, 0);
  varint_bytes_ = 0;
  switch (part_) {
    case Part::kTag:
      // Field numbers have 29 bits; 0 is not one of them.
      if (value >> 32 != 0 || value >> 3 == 0) return NoModel();
      number_ = static_cast<int64_t>(value >> 3);
      switch (value & 7) {
        case 0:
          part_ = Part::kVarint;
          return absl::OkStatus();
        case 1:
          return BeginContent(8);
        case 2:
          part_ = Part::kLength;
          return absl::OkStatus();
        case 5:
          return BeginContent(4);
        default:
          return NoModel();
      }
    case Part::kVarint:
      return BeginContent(0);
    default:
      return BeginContent(value);
  }
}

// The header is complete; `length` bytes of content follow.
absl::Status ModelStream::BeginContent(uint64_t length) {
  Frame& frame = frames_.back();
  if (length > frame.left) return NoModel();
  frame.left -= length;
  const bool is_bytes = part_ == Part::kLength;
  const auto rule = RuleFor(frame.kind, number_);
  std::string header = std::exchange(header_, "");
  if (rule.action == Action::kDescend && is_bytes) {
    if (rule.child == Message::kGraph && ++graphs_ > limits_.max_subgraph_depth) {
      return OverLimit(
          absl::StrCat("subgraphs are nested deeper than the limit max_subgraph_depth = ",
                       limits_.max_subgraph_depth));
    }
    PICOST_RETURN_IF_ERROR(Hold(header.size()));
    frames_.push_back({.kind = rule.child, .field = number_, .left = length});
    CloseFrames();
    return absl::OkStatus();
  }
  if (rule.action == Action::kName && is_bytes &&
      length > static_cast<uint64_t>(limits_.max_name_bytes)) {
    return OverLimit(absl::StrCat("a name of ", length, " bytes in a ",
                                  onnx_fields::MessageName(frame.kind),
                                  " exceeds the limit max_name_bytes = ", limits_.max_name_bytes));
  }
  bool copy = rule.action != Action::kDrop;
  if (IsPayload(frame.kind, number_)) {
    // A varint counts one byte, as in ScanModel.
    const uint64_t size = part_ == Part::kVarint ? 1 : length;
    frame.payload += static_cast<int64_t>(std::min<uint64_t>(size, kMaxKeptPayload + 1));
    copy = frame.payload <= kMaxKeptPayload;
    if (!copy) {
      frame.thinned = true;
      frame.payload = kMaxKeptPayload + 1;
    }
  }
  if (copy) {
    PICOST_RETURN_IF_ERROR(Hold(header.size()));
    PICOST_RETURN_IF_ERROR(Hold(length));
    frame.out.append(header);
  }
  part_ = copy ? Part::kCopy : Part::kSkip;
  content_left_ = length;
  if (length == 0) CloseFrames();
  return absl::OkStatus();
}

// A field has ended, and with it the messages that end here.
void ModelStream::CloseFrames() {
  part_ = Part::kTag;
  while (frames_.size() > 1 && frames_.back().left == 0) {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.kind == Message::kGraph) --graphs_;
    if (frame.thinned) {
      std::string thin = WithoutPayload(frame.out);
      held_ -= static_cast<int64_t>(frame.out.size() - thin.size());
      frame.out = std::move(thin);
    }
    AppendBytesField(frame.field, frame.out, frames_.back().out);
  }
}

absl::StatusOr<std::string> ModelStream::Finish() {
  if (!begun_) {
    begun_ = true;
    PICOST_RETURN_IF_ERROR(Read(first_bytes_));
  }
  if (frames_.size() > 1 || !header_.empty() || content_left_ != 0) {
    const std::string guess = onnx_fields::GuessOtherFormat(first_bytes_);
    if (!guess.empty()) return Malformed(absl::StrCat("not an ONNX model", guess));
    return Malformed(absl::StrCat(
        "the file is truncated: it ends at byte ", bytes_, " inside a field of a ",
        onnx_fields::MessageName(frames_.back().kind), " that begins at byte ", field_begin_));
  }
  return std::move(frames_.front().out);
}

}  // namespace picost::graph
