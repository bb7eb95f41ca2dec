// A small HTTP server for operators: metrics, health, the page and its API.
#ifndef PICOST_SERVICE_ADMIN_SERVER_H_
#define PICOST_SERVICE_ADMIN_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

struct mg_context;

namespace picost::service {

struct AdminRequest {
  std::string method;  // "GET", "POST"
  std::string path;    // without the query
  std::string content_type;
  std::string authorization;
  std::string body;  // at most 1 MiB
};

struct AdminResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

class AdminServer {
 public:
  // By path; one that ends in '/' is for all paths that begin so. Only those below
  // "/api/" get a POST, the others GET and HEAD.
  using Handlers = std::map<std::string, std::function<AdminResponse(const AdminRequest&)>>;

  // listen: "HOST:PORT", port 0: any free one. Handlers run on the server's own
  // threads until it is destroyed. local_only: a request must name this machine as its
  // host, so that no page of another site reaches the port through a name of its own.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& listen,
                                                            Handlers handlers, bool local_only);
  ~AdminServer();

  int port() const;
  AdminResponse Answer(const AdminRequest& request) const;
  bool local_only() const { return local_only_; }

 private:
  AdminServer(mg_context* context, Handlers handlers, bool local_only)
      : context_(context), handlers_(std::move(handlers)), local_only_(local_only) {}

  mg_context* context_;
  const Handlers handlers_;
  const bool local_only_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_ADMIN_SERVER_H_
