#include "service/admin_server.h"

#include <civetweb.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"

namespace picost::service {
namespace {

int Answer(mg_connection* connection, const AdminResponse& response) {
  // The page's own scripts and styles alone; nothing may frame or sniff it.
  mg_printf(
      connection,
      "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nConnection: close\r\n\r\n",
      response.status, mg_get_response_code_text(connection, response.status),
      response.content_type.c_str(), response.body.size());
  mg_write(connection, response.body.data(), response.body.size());
  return response.status;
}

int Handle(mg_connection* connection, void* data) {
  const auto& handlers = static_cast<const AdminServer*>(data)->handlers();
  const mg_request_info* request = mg_get_request_info(connection);
  const std::string_view method = request->request_method;
  if (method != "GET" && method != "HEAD")
    return Answer(connection, {.status = 405, .body = "only GET\n"});
  const auto handler = handlers.find(request->local_uri);
  if (handler == handlers.end())
    return Answer(connection, {.status = 404, .body = "nothing here\n"});
  return Answer(connection, handler->second());
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const std::string& listen,
                                                                Handlers handlers) {
  const char* options[] = {
      "listening_ports",          listen.c_str(), "num_threads", "2", "request_timeout_ms", "5000",
      "enable_directory_listing", "no",           nullptr};
  mg_callbacks callbacks{};
  // The library writes errors to a file otherwise; ours says what failed.
  callbacks.log_message = [](const mg_connection*, const char*) { return 1; };
  mg_context* context = mg_start(&callbacks, nullptr, options);
  if (context == nullptr) {
    return MakeError(absl::StatusCode::kUnavailable,
                     absl::StrCat("cannot listen on '", listen, "'"),
                     {.field = "admin_listen",
                      .mend = "Use an address of this machine with a port that is free."});
  }
  std::unique_ptr<AdminServer> server(new AdminServer(context, std::move(handlers)));
  mg_set_request_handler(context, "/", Handle, server.get());
  return server;
}

AdminServer::~AdminServer() { mg_stop(context_); }

int AdminServer::port() const {
  mg_server_port ports[4];
  const int count = mg_get_server_ports(context_, 4, ports);
  return count > 0 ? ports[0].port : 0;
}

}  // namespace picost::service
