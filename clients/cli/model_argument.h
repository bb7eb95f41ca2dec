// MODEL on the command line -> GraphSource.
#ifndef PICOST_CLIENTS_CLI_MODEL_ARGUMENT_H_
#define PICOST_CLIENTS_CLI_MODEL_ARGUMENT_H_

#include <optional>
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

// How the command line wants files to be read: everything but the file.
std::optional<Failure> SetReadingOptions(const Options& options, v1::GraphSource& graph);

// The convention of --counting, where it is given.
std::optional<v1::ReluConvention> CountingOf(const Options& options);

// The same for what has to be a file.
Result<ModelArgument> ReadModelFile(const std::string& path, const Options& options,
                                    const Environment& environment);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_MODEL_ARGUMENT_H_
