// A text format file of an operator, with the place of every mistake in it.
#ifndef PICOST_SERVICE_CONFIG_TEXT_FILE_H_
#define PICOST_SERVICE_CONFIG_TEXT_FILE_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

namespace picost::service {

// A mistake at a field, as "listeners[1].tls.key_file".
struct FieldProblem {
  std::string field;
  std::string what;
};

// Looks for mistakes that the types allow.
using CheckMessage = std::vector<FieldProblem> (*)(const google::protobuf::Message&);

// Reads `path` into `message` and checks it. Every mistake found, each as
// "PATH:LINE:COLUMN: FIELD: WHAT"; none: the message is good. Of a file that
// cannot be parsed, the mistakes of the parser.
std::vector<std::string> ReadTextFile(const std::string& path, CheckMessage check,
                                      google::protobuf::Message& message);

// The same for text at hand; `path` stands in the messages.
std::vector<std::string> ParseText(const std::string& path, std::string_view text,
                                   CheckMessage check, google::protobuf::Message& message);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONFIG_TEXT_FILE_H_
