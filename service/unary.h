// A unary method: admitted, run where it belongs, ended.
#ifndef PICOST_SERVICE_UNARY_H_
#define PICOST_SERVICE_UNARY_H_

#include <grpcpp/support/server_callback.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "service/call.h"

namespace picost::service {

// handler: absl::Status(). heavy: on the work queue, not on gRPC's own thread.
// Request and response live until the call is finished.
template <typename Handler>
grpc::ServerUnaryReactor* RunUnary(const CallRules& rules, const Method& method,
                                   grpc::CallbackServerContext* context, bool heavy,
                                   Handler handler) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (!heavy) {
    Call call(rules, method, context);
    absl::Status status = call.Admit();
    if (status.ok()) status = RunGuarded(handler);
    reactor->Finish(call.End(status));
    return reactor;
  }
  const auto call = std::make_shared<Call>(rules, method, context);
  absl::Status status = call->Admit();
  if (status.ok()) {
    status = call->Submit([call, reactor, handler = std::move(handler)] {
      // Whoever asked may have given up while the call waited.
      const absl::Status outcome =
          call->cancelled() ? absl::CancelledError("the caller gave up") : RunGuarded(handler);
      reactor->Finish(call->End(outcome));
    });
  }
  if (!status.ok()) reactor->Finish(call->End(status));
  return reactor;
}

}  // namespace picost::service

#endif  // PICOST_SERVICE_UNARY_H_
