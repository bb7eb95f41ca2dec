#include "clients/cli/views/json.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <string>

namespace picost::cli {

void PrintJson(const std::vector<const google::protobuf::Message*>& messages, std::ostream& out) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  if (messages.size() != 1) out << "[\n";
  for (size_t i = 0; i < messages.size(); ++i) {
    std::string text;
    // Fails for messages with Any of unknown types alone; ours have none.
    (void)google::protobuf::util::MessageToJsonString(*messages[i], &text, options);
    if (messages.size() != 1 && i + 1 < messages.size())
      text.insert(text.find_last_of('}') + 1, ",");
    out << text;
  }
  if (messages.size() != 1) out << "]\n";
}

}  // namespace picost::cli
