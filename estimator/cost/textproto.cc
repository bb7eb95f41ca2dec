#include "estimator/cost/textproto.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"

namespace picost::cost {
namespace {

// Keeps the first mistake: the others often follow from it.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  explicit FirstError(std::string_view file) : file_(file) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (message_.empty())
      message_ = absl::StrCat(file_, ":", line + 1, ":", column + 1, ": ", message);
  }

  const std::string& message() const { return message_; }

 private:
  std::string file_;
  std::string message_;
};

}  // namespace

absl::Status ParseTextproto(std::string_view text, std::string_view file,
                            google::protobuf::Message& message) {
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  FirstError error(file);
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (parser.Parse(&input, &message)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument,
                   error.message().empty() ? absl::StrCat(std::string(file), ": not text format")
                                           : error.message(),
                   {.mend = "Correct the file; docs/calibration_format.md lists the fields."});
}

}  // namespace picost::cost
