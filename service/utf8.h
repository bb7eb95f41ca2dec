// Names from strangers' files as valid UTF-8: protobuf strings hold nothing else,
// and a client cannot even read an answer that breaks the rule.
#ifndef PICOST_SERVICE_UTF8_H_
#define PICOST_SERVICE_UTF8_H_

#include <string>
#include <string_view>

namespace picost::service {

// bytes, with every byte that does not belong to a well-formed sequence (RFC
// 3629: no surrogates, nothing overlong, nothing above U+10FFFF) replaced by U+FFFD.
std::string ToUtf8(std::string_view bytes);

}  // namespace picost::service

#endif  // PICOST_SERVICE_UTF8_H_
