#include "service/malformed_bytes.h"

#include <grpcpp/support/status.h>

#include "estimator/base/error.h"
#include "service/status_convert.h"

namespace picost::service {
namespace {

using grpc::experimental::InterceptionHookPoints;

class Answer : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS)) {
      const grpc::Status status = methods->GetSendStatus();
      // No handler of ours ends without a message.
      if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED &&
          status.error_message().empty()) {
        methods->ModifySendStatus(ToGrpcStatus(MakeError(
            absl::StatusCode::kInvalidArgument, "the bytes sent are no message of this method",
            {.mend = "Send the request message of proto/picost/v1, with strings in "
                     "UTF-8."})));
      }
    }
    methods->Proceed();
  }
};

class Factory : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo*) override {
    return new Answer;
  }
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> NewMalformedBytesAnswer() {
  return std::make_unique<Factory>();
}

}  // namespace picost::service
