// Models on their way to the server.
#ifndef PICOST_CLIENTS_CLI_COMMANDS_UPLOAD_H_
#define PICOST_CLIENTS_CLI_COMMANDS_UPLOAD_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "clients/cli/connection.h"
#include "clients/cli/environment.h"
#include "clients/cli/failure.h"
#include "clients/cli/model_argument.h"
#include "proto/picost/v1/models.pb.h"

namespace picost::cli {

// Above this a file does not go into one message: servers take 65 MiB.
inline constexpr size_t kMaxInlineBytes = 48 << 20;

// `header` says everything but total_bytes. Shows how far it is where standard
// error is a terminal.
Result<v1::Model> Upload(v1::UploadModelHeader header, std::string_view bytes,
                         Connection& connection, const Environment& environment);

// A file that was read, in one message where it fits, else in pieces.
Result<v1::Model> Register(const ModelArgument& model, const std::string& display_name,
                           Connection& connection, const Environment& environment);

// The resource name of what ResolveModel finds, which is registered where it is a file.
Result<std::string> RegisteredModel(const std::string& argument, const Options& options,
                                    Connection& connection, const Environment& environment);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_COMMANDS_UPLOAD_H_
