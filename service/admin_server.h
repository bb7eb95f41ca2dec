// A small HTTP server for operators: metrics and health. Nothing of users.
#ifndef PICOST_SERVICE_ADMIN_SERVER_H_
#define PICOST_SERVICE_ADMIN_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

struct mg_context;

namespace picost::service {

struct AdminResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

class AdminServer {
 public:
  using Handlers = std::map<std::string, std::function<AdminResponse()>>;  // by path, for GET

  // listen: "HOST:PORT", port 0: any free one. Handlers run on the server's own
  // threads until it is destroyed.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& listen,
                                                            Handlers handlers);
  ~AdminServer();

  int port() const;
  const Handlers& handlers() const { return handlers_; }

 private:
  AdminServer(mg_context* context, Handlers handlers)
      : context_(context), handlers_(std::move(handlers)) {}

  mg_context* context_;
  const Handlers handlers_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_ADMIN_SERVER_H_
