#include "service/config/loopback.h"

#include <arpa/inet.h>

#include <string>

namespace picost::service {

bool IsLoopbackIp(std::string_view host) {
  in_addr parsed;
  return inet_pton(AF_INET, std::string(host).c_str(), &parsed) == 1 &&
         ntohl(parsed.s_addr) >> 24 == 127;
}

}  // namespace picost::service
