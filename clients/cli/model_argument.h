// MODEL on the command line -> GraphSource.
#ifndef PICOST_CLIENTS_CLI_MODEL_ARGUMENT_H_
#define PICOST_CLIENTS_CLI_MODEL_ARGUMENT_H_

#include <string>

#include "clients/cli/connection.h"
#include "clients/cli/environment.h"
#include "clients/cli/failure.h"
#include "clients/cli/options.h"
#include "proto/picost/v1/graph.pb.h"

namespace picost::cli {

struct ModelArgument {
  v1::GraphSource graph;
  std::string label;  // for headlines: "resnet18_cifar"
};

// In this order: "models/<fingerprint>", a file, the display name of a registered
// model, a sample model of the data directory. A file is sent without its weights.
Result<ModelArgument> ResolveModel(const std::string& argument, const Options& options,
                                   Connection& connection, const Environment& environment);

// The same for what has to be a file.
Result<ModelArgument> ReadModelFile(const std::string& path, const Options& options,
                                    const Environment& environment);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_MODEL_ARGUMENT_H_
