// A study that a command is about.
#ifndef PICOST_CLIENTS_CLI_COMMANDS_OPEN_STUDY_H_
#define PICOST_CLIENTS_CLI_COMMANDS_OPEN_STUDY_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "clients/cli/connection.h"
#include "clients/cli/environment.h"
#include "clients/cli/failure.h"
#include "clients/cli/options.h"
#include "proto/picost/v1/studies.pb.h"

namespace picost::cli {

struct OpenStudy {
  std::shared_ptr<Connection> connection;
  v1::Study study;
};

// "mine" or "studies/mine" -> "studies/mine".
std::string StudyName(const std::string& argument);

// Of the first argument.
Result<OpenStudy> Open(const Options& options, const Environment& environment);

// A study that is changed lives in a daemon: the service inside this command forgets it.
std::optional<Failure> NeedsServer(const Options& options);

// In order.
std::optional<Failure> ForEachTrial(const OpenStudy& opened,
                                    const std::function<void(const v1::Trial&)>& visit);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_COMMANDS_OPEN_STUDY_H_
