// The API for the page: protobuf's JSON over HTTP, "POST /api/<service>/<method>".
//
// A call goes on as an ordinary gRPC call over a channel inside the process, with the
// caller's Authorization header as metadata: whatever the API checks and counts, it
// checks and counts here, too. Only the methods of the list in gateway.cc pass, all of
// them reading.
#ifndef PICOST_SERVICE_DASHBOARD_GATEWAY_H_
#define PICOST_SERVICE_DASHBOARD_GATEWAY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/admin_server.h"

namespace grpc {
class Channel;
}

namespace picost::service {

class Gateway {
 public:
  explicit Gateway(std::shared_ptr<grpc::Channel> channel) : channel_(std::move(channel)) {}

  // Answers JSON: the response, or {"code", "message"}. Waits for the call.
  AdminResponse Handle(const AdminRequest& request) const;

  // "/picost.v1.Studies/GetStudy", ...: for tests.
  static std::vector<std::string> Methods();

 private:
  const std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_DASHBOARD_GATEWAY_H_
