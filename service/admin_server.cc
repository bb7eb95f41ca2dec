#include "service/admin_server.h"

#include <civetweb.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "service/config/loopback.h"

namespace picost::service {
namespace {

constexpr size_t kMostBodyBytes = size_t{1} << 20;

// Nothing but the page's own files runs, nothing is fetched from elsewhere, no other
// page frames it, and strings cannot become scripts.
constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

int Write(mg_connection* connection, const AdminResponse& response, bool head) {
  mg_printf(
      connection,
      "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\n"
      "Content-Security-Policy: %s\r\nReferrer-Policy: no-referrer\r\n"
      "Cross-Origin-Resource-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n"
      "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nConnection: close\r\n\r\n",
      response.status, mg_get_response_code_text(connection, response.status),
      response.content_type.c_str(), response.body.size(), kPolicy);
  if (!head) mg_write(connection, response.body.data(), response.body.size());
  return response.status;
}

std::string Header(const mg_connection* connection, const char* name) {
  const char* value = mg_get_header(connection, name);
  return value != nullptr ? value : "";
}

// The host of a Host header without its port.
bool IsLocalHost(std::string_view host) {
  const size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    host = host.substr(0, colon);
  }
  return host.empty() || host == "localhost" || host == "[::1]" || IsLoopbackIp(host);
}

// False: there is more than may be.
bool ReadBody(mg_connection* connection, std::string& body) {
  char buffer[16384];
  int size = 0;
  while ((size = mg_read(connection, buffer, sizeof(buffer))) > 0) {
    body.append(buffer, size);
    if (body.size() > kMostBodyBytes) return false;
  }
  return true;
}

int Handle(mg_connection* connection, void* data) {
  const auto& server = *static_cast<const AdminServer*>(data);
  const mg_request_info* info = mg_get_request_info(connection);
  AdminRequest request{.method = info->request_method,
                       .path = info->local_uri,
                       .content_type = Header(connection, "Content-Type"),
                       .authorization = Header(connection, "Authorization")};
  const bool head = request.method == "HEAD";
  if (server.local_only() && !IsLocalHost(Header(connection, "Host"))) {
    return Write(connection, {.status = 421, .body = "this is not that host\n"}, head);
  }
  if (request.method == "POST" && !ReadBody(connection, request.body)) {
    return Write(connection, {.status = 413, .body = "more than 1 MiB\n"}, head);
  }
  return Write(connection, server.Answer(request), head);
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(const std::string& listen,
                                                                Handlers handlers,
                                                                bool local_only) {
  const char* options[] = {
      "listening_ports",          listen.c_str(), "num_threads", "6", "request_timeout_ms", "5000",
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
  std::unique_ptr<AdminServer> server(new AdminServer(context, std::move(handlers), local_only));
  mg_set_request_handler(context, "/", Handle, server.get());
  return server;
}

AdminResponse AdminServer::Answer(const AdminRequest& request) const {
  const bool api = request.path.starts_with("/api/");
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads && !(api && request.method == "POST")) return {.status = 405, .body = "only GET\n"};
  auto handler = handlers_.find(request.path);
  for (auto it = handlers_.begin(); handler == handlers_.end() && it != handlers_.end(); ++it) {
    if (it->first.size() > 1 && it->first.ends_with('/') && request.path.starts_with(it->first)) {
      handler = it;
    }
  }
  if (handler == handlers_.end()) return {.status = 404, .body = "nothing here\n"};
  return handler->second(request);
}

AdminServer::~AdminServer() { mg_stop(context_); }

int AdminServer::port() const {
  mg_server_port ports[4];
  const int count = mg_get_server_ports(context_, 4, ports);
  return count > 0 ? ports[0].port : 0;
}

}  // namespace picost::service
