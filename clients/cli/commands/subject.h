// What plan and estimate are asked about: a model under protocols, rewritten or not.
#ifndef PICOST_CLIENTS_CLI_COMMANDS_SUBJECT_H_
#define PICOST_CLIENTS_CLI_COMMANDS_SUBJECT_H_

#include <memory>
#include <string>
#include <vector>

#include "clients/cli/connection.h"
#include "clients/cli/environment.h"
#include "clients/cli/failure.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/options.h"
#include "proto/picost/v1/question.pb.h"

namespace picost::cli {

struct Subject {
  std::shared_ptr<Connection> connection;
  ModelArgument model;
  // Resource names "rewrites/<id>"; "all" and "exact" became what the server lists.
  std::vector<std::string> rewrites;
};

// Of the first argument and the flags, with a connection to ask.
Result<Subject> FindSubject(const Options& options, const Environment& environment);

// With the parameters of --param.
v1::ProtocolChoice ChooseProtocol(const std::string& id, const Options& options);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_COMMANDS_SUBJECT_H_
