// Answers as JSON: protobuf's standard mapping with the names of the .proto files.
#ifndef PICOST_CLIENTS_CLI_VIEWS_JSON_H_
#define PICOST_CLIENTS_CLI_VIEWS_JSON_H_

#include <ostream>
#include <vector>

namespace google::protobuf {
class Message;
}

namespace picost::cli {

// One message as an object, several as an array.
void PrintJson(const std::vector<const google::protobuf::Message*>& messages, std::ostream& out);

inline void PrintJson(const google::protobuf::Message& message, std::ostream& out) {
  PrintJson({&message}, out);
}

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_JSON_H_
