#include "service/config/text_file.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace picost::service {
namespace {

using google::protobuf::TextFormat;

class AllErrors : public google::protobuf::io::ErrorCollector {
 public:
  explicit AllErrors(const std::string& path) : path_(path) {}
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    found.push_back(absl::StrCat(path_, ":", line + 1, ":", column + 1, ": ", message));
  }
  std::vector<std::string> found;

 private:
  const std::string& path_;
};

// ":LINE:COLUMN" of the field, or of the nearest message around it that is there.
std::string PlaceOf(const std::string& field, const google::protobuf::Descriptor* type,
                    const TextFormat::ParseInfoTree* tree) {
  std::string place;
  for (const auto& part : absl::StrSplit(field, '.')) {
    const std::vector<std::string> halves = absl::StrSplit(part, '[');
    const auto* descriptor = type == nullptr ? nullptr : type->FindFieldByName(halves[0]);
    if (descriptor == nullptr || tree == nullptr) break;
    int index = 0;
    if (halves.size() < 2 || !absl::SimpleAtoi(halves[1].substr(0, halves[1].size() - 1), &index)) {
      index = descriptor->is_repeated() ? 0 : -1;
    }
    const TextFormat::ParseLocation location = tree->GetLocation(descriptor, index);
    if (location.line < 0) break;
    place = absl::StrCat(":", location.line + 1, ":", location.column + 1);
    type = descriptor->message_type();
    tree = type == nullptr ? nullptr : tree->GetTreeForNested(descriptor, index);
  }
  return place;
}

}  // namespace

std::vector<std::string> ParseText(const std::string& path, std::string_view text,
                                   CheckMessage check, google::protobuf::Message& message) {
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  AllErrors errors(path);
  TextFormat::ParseInfoTree places;
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&errors);
  parser.WriteLocationsTo(&places);
  if (!parser.Parse(&input, &message)) {
    if (errors.found.empty()) errors.found.push_back(absl::StrCat(path, ": is no text format"));
    return errors.found;
  }
  for (const FieldProblem& problem : check(message)) {
    errors.found.push_back(absl::StrCat(path,
                                        PlaceOf(problem.field, message.GetDescriptor(), &places),
                                        ": ", problem.field, ": ", problem.what));
  }
  return errors.found;
}

std::vector<std::string> ReadTextFile(const std::string& path, CheckMessage check,
                                      google::protobuf::Message& message) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.is_open() || file.bad()) {
    return {absl::StrCat(path, ": cannot be read: ", std::strerror(errno))};
  }
  return ParseText(path, text, check, message);
}

}  // namespace picost::service
