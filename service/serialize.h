// Bytes of a message that are the same wherever its content is the same.
#ifndef PICOST_SERVICE_SERIALIZE_H_
#define PICOST_SERVICE_SERIALIZE_H_

#include <google/protobuf/message_lite.h>

#include <string>

namespace picost::service {

// With map entries in order of their keys: the default order differs between runs, so
// that what is hashed, compared or used as a key must not come from SerializeAsString.
std::string SerializeInOrder(const google::protobuf::MessageLite& message);

}  // namespace picost::service

#endif  // PICOST_SERVICE_SERIALIZE_H_
