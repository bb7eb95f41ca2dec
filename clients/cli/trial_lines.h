// Trials as JSON lines, the file that Client.replay_jsonl of the Python client reads:
//
//   {"kept": {"/Relu": 4096}, "metrics": {"accuracy": 0.93}, "tags": ["a"], "parent": 3,
//    "model": "models/...", "protocol": "cheetah", "deployment": "wan"}
//
// "operations" may stand beside "kept"; "protocol" and "deployment" may be objects,
// picost.v1.ProtocolChoice and DeploymentChoice. What is missing is taken from the
// command line. What an export says of a trial beyond that is the daemon's own and is
// not read: "trial", "create_time", "feasible", "totals".
#ifndef PICOST_CLIENTS_CLI_TRIAL_LINES_H_
#define PICOST_CLIENTS_CLI_TRIAL_LINES_H_

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "clients/cli/failure.h"
#include "proto/picost/v1/studies.pb.h"

namespace picost::cli {

struct TrialLine {
  int64_t line = 0;  // of the file, from 1
  // `model` may be anything that names one; request_id is the line's, so that the same
  // file again adds nothing, whichever client sends it.
  v1::AddTrialRequest request;
};

// study: "studies/<id>". defaults: model, protocol and deployment of lines that name none.
// `name` of the file, for errors, which name line and mistake.
Result<std::vector<TrialLine>> ReadTrialLines(const std::string& name, std::istream& file,
                                              const std::string& study, const v1::Trial& defaults);

// One line, without its end.
std::string WriteTrialLine(const v1::Trial& trial);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_TRIAL_LINES_H_
