// Reads the fields of one protobuf message, in place.
// Encoding: https://protobuf.dev/programming-guides/encoding
#ifndef PICOST_ESTIMATOR_GRAPH_WIRE_READER_H_
#define PICOST_ESTIMATOR_GRAPH_WIRE_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picost::graph {

enum class WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct WireField {
  int64_t number = 0;
  WireType type = WireType::kVarint;
  uint64_t varint = 0;      // kVarint
  std::string_view bytes;   // kBytes: the content; fixed types: the 4 or 8 bytes
  std::string_view record;  // the whole field with its tag, to copy
};

// A cursor over one message. After Next() has returned nothing, ok() tells the
// end of the message from bytes that are no protobuf.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : message_(message) {}

  std::optional<WireField> Next();

  bool ok() const { return ok_; }
  // The field runs past the end of the message, which otherwise reads well.
  bool truncated() const { return truncated_; }
  // Where the field that Next() reads or could not read begins.
  size_t position() const { return start_; }

 private:
  std::optional<uint64_t> Varint();
  std::optional<WireField> Fail(bool truncated);

  std::string_view message_;
  size_t next_ = 0;
  size_t start_ = 0;
  bool ok_ = true;
  bool truncated_ = false;
};

void AppendVarint(uint64_t value, std::string& out);
// A length-delimited field with this content.
void AppendBytesField(int64_t number, std::string_view content, std::string& out);

}  // namespace picost::graph

#endif  // PICOST_ESTIMATOR_GRAPH_WIRE_READER_H_
