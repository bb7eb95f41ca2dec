// Which addresses stay on this machine.
#ifndef PICOST_SERVICE_CONFIG_LOOPBACK_H_
#define PICOST_SERVICE_CONFIG_LOOPBACK_H_

#include <string_view>

namespace picost::service {

// True for 127.0.0.0/8 as an address, never for a name that begins like one:
// 127.0.0.1.example.org is elsewhere.
bool IsLoopbackIp(std::string_view host);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONFIG_LOOPBACK_H_
