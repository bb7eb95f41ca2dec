// gRPC's own log lines, as lines of ours.
#ifndef PICOST_SERVICE_LOG_GRPC_LOG_H_
#define PICOST_SERVICE_LOG_GRPC_LOG_H_

#include "service/log/logger.h"

namespace picost::service {

// gRPC has one log for the process: the last logger given gets it, until it is
// taken away. Strangers can cause its lines (failed handshakes), so they are limited.
class GrpcLogRoute {
 public:
  explicit GrpcLogRoute(Logger* logger);
  ~GrpcLogRoute();
  GrpcLogRoute(const GrpcLogRoute&) = delete;
  GrpcLogRoute& operator=(const GrpcLogRoute&) = delete;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_LOG_GRPC_LOG_H_
