// Log lines of gRPC and of protobuf, as lines of ours.
#ifndef PICOST_SERVICE_LOG_LIBRARY_LOG_H_
#define PICOST_SERVICE_LOG_LIBRARY_LOG_H_

#include "service/log/logger.h"

namespace picost::service {

// The libraries have one log for the process: the last logger given gets it, until
// it is taken away. Strangers can cause their lines (failed handshakes, strings that
// are no UTF-8), so they are limited.
class LibraryLogRoute {
 public:
  explicit LibraryLogRoute(Logger* logger);
  ~LibraryLogRoute();
  LibraryLogRoute(const LibraryLogRoute&) = delete;
  LibraryLogRoute& operator=(const LibraryLogRoute&) = delete;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_LOG_LIBRARY_LOG_H_
