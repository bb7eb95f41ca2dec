// A channel with the stubs of all services: to a daemon, or to the service
// inside this process. Commands cannot tell which.
#ifndef PICOST_CLIENTS_CLI_CONNECTION_H_
#define PICOST_CLIENTS_CLI_CONNECTION_H_

#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "clients/cli/environment.h"
#include "clients/cli/failure.h"
#include "clients/cli/options.h"
#include "proto/picost/v1/calibrations.grpc.pb.h"
#include "proto/picost/v1/catalog.grpc.pb.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "proto/picost/v1/oracle.grpc.pb.h"
#include "proto/picost/v1/studies.grpc.pb.h"

namespace picost::cli {

struct Connection {
  std::shared_ptr<void> holder;  // of the local service, if any; declared first: ends last
  std::string data_dir;          // where sample models are; may be empty
  std::unique_ptr<v1::Models::Stub> models;
  std::unique_ptr<v1::CostOracle::Stub> oracle;
  std::unique_ptr<v1::Catalog::Stub> catalog;
  std::unique_ptr<v1::Studies::Stub> studies;
  std::unique_ptr<v1::Calibrations::Stub> calibrations;
};

// kExitUnreachable where a daemon does not answer within 5 s.
Result<std::shared_ptr<Connection>> Connect(const Options& options, const Environment& environment);

// One unary call: Call(*connection.models, &v1::Models::Stub::GetModel, request).
template <typename Stub, typename Request, typename Response>
Result<Response> Call(Stub& stub,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request) {
  grpc::ClientContext context;
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return FailureOf(status);
  return response;
}

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_CONNECTION_H_
