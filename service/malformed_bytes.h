// Bytes that are no message of the method they were sent to.
#ifndef PICOST_SERVICE_MALFORMED_BYTES_H_
#define PICOST_SERVICE_MALFORMED_BYTES_H_

#include <grpcpp/support/server_interceptor.h>

#include <memory>

namespace picost::service {

// gRPC answers such calls itself, before any handler, with UNIMPLEMENTED and no
// message (server_callback_handlers.h). What it should say is INVALID_ARGUMENT, with
// the details that every error of this server has: the interceptor of this factory
// puts that in its place.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> NewMalformedBytesAnswer();

}  // namespace picost::service

#endif  // PICOST_SERVICE_MALFORMED_BYTES_H_
