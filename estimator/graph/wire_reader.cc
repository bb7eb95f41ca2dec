#include "estimator/graph/wire_reader.h"

namespace picost::graph {

std::optional<uint64_t> WireReader::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (next_ >= message_.size()) {
      truncated_ = true;
      return std::nullopt;
    }
    const uint64_t byte = static_cast<unsigned char>(message_[next_++]);
    if (shift < 64) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;  // more than ten bytes
}

std::optional<WireField> WireReader::Fail(bool truncated) {
  ok_ = false;
  truncated_ = truncated;
  return std::nullopt;
}

std::optional<WireField> WireReader::Next() {
  start_ = next_;
  if (!ok_ || next_ >= message_.size()) return std::nullopt;
  const auto tag = Varint();
  if (!tag) return Fail(truncated_);
  WireField field;
  // Field numbers have 29 bits; 0 is not one of them.
  if (*tag >> 32 != 0 || *tag >> 3 == 0) return Fail(false);
  field.number = static_cast<int64_t>(*tag >> 3);
  uint64_t length = 0;
  switch (*tag & 7) {
    case 0: {
      const auto value = Varint();
      if (!value) return Fail(truncated_);
      field.varint = *value;
      field.record = message_.substr(start_, next_ - start_);
      return field;
    }
    case 1:
      field.type = WireType::kFixed64;
      length = 8;
      break;
    case 2: {
      field.type = WireType::kBytes;
      const auto value = Varint();
      if (!value) return Fail(truncated_);
      length = *value;
      break;
    }
    case 5:
      field.type = WireType::kFixed32;
      length = 4;
      break;
    default:  // groups are of proto1; 6 and 7 are nothing
      return Fail(false);
  }
  if (length > message_.size() - next_) return Fail(true);
  field.bytes = message_.substr(next_, length);
  next_ += length;
  field.record = message_.substr(start_, next_ - start_);
  return field;
}

void AppendVarint(uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void AppendBytesField(int64_t number, std::string_view content, std::string& out) {
  AppendVarint(static_cast<uint64_t>(number) << 3 | 2, out);
  AppendVarint(content.size(), out);
  out.append(content);
}

}  // namespace picost::graph
