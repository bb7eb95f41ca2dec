// An edit as people write it in JSON, in candidates and trials:
//
//   {"kept": {"/Relu": 4096}, "operations": [{"removeActivation": {"node": "/r2"}}]}
//
// "operations" are picost.v1.EditOperation as JSON.
#ifndef PICOST_CLIENTS_CLI_EDIT_JSON_H_
#define PICOST_CLIENTS_CLI_EDIT_JSON_H_

#include <google/protobuf/struct.pb.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "proto/picost/v1/edits.pb.h"

namespace picost::cli {

// A whole number from 0 to 1e15. Nothing where the value is none.
std::optional<int64_t> CountIn(const google::protobuf::Value& value);

// Fields in the order of their names: equal objects make equal messages.
std::map<std::string, google::protobuf::Value> Sorted(const google::protobuf::Struct& object);

void Keep(const std::string& node, int64_t count, v1::Edit& edit);

// Whether the field is "kept" or "operations" with what belongs there; then it is added
// to the edit, or `wrong` says what is wrong with it.
bool ReadEditField(const std::string& name, const google::protobuf::Value& value, v1::Edit& edit,
                   std::optional<std::string>& wrong);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_EDIT_JSON_H_
