// What a command needs from outside: streams, and the service inside this
// process. main.cc is the only file that links the service; everything else of
// the client sees the wire alone.
#ifndef PICOST_CLIENTS_CLI_ENVIRONMENT_H_
#define PICOST_CLIENTS_CLI_ENVIRONMENT_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/failure.h"

namespace grpc {
class Channel;
}

namespace picost::cli {

struct Environment {
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  bool err_is_terminal = false;          // progress may be shown on it
  std::string program_path;              // argv[0]
  std::string version;                   // of --version
  std::string data_dir_variable;         // of PICOST_DATA_DIR; may be empty
  std::string calibration_dir_variable;  // of PICOST_CALIBRATION_DIR; may be empty

  // A channel to a service inside this process, which lives as long as `holder`.
  struct Local {
    std::shared_ptr<void> holder;
    std::shared_ptr<grpc::Channel> channel;
  };
  std::function<Result<Local>(const std::string& data_dir, const std::string& calibration_dir)>
      start_local;

  // Becomes another program of these words, the program first; returns only where
  // that cannot be. `data_dir` is told to it where it is not told already.
  std::function<Failure(const std::vector<std::string>& words, const std::string& data_dir)> become;
  std::string search_path;  // of PATH

  // An ONNX file without its weights.
  std::function<Result<std::string>(std::string_view onnx)> strip_weights;
};

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_ENVIRONMENT_H_
