// The command line, parsed but not yet looked up anywhere.
#ifndef PICOST_CLIENTS_CLI_OPTIONS_H_
#define PICOST_CLIENTS_CLI_OPTIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/failure.h"

namespace picost::cli {

enum class Format { kTable, kJson, kCsv };
enum class Counting { kDefault, kAsWritten, kWithoutStem, kWithoutLast, kAfterMaxPool };
enum class UnknownPolicy { kDefault, kError, kUpperBound, kZero };

// Flags of `picost study`.
struct StudyOptions {
  std::vector<std::string> objectives;  // METRIC:max|min[:REFERENCE]
  std::vector<std::pair<std::string, double>> budgets;
  std::vector<std::string> models;
  std::string from;                     // file of a study
  std::map<std::string, int64_t> kept;  // by node
  std::string edit;                     // file of an edit
  std::vector<std::pair<std::string, double>> metrics;
  std::vector<std::string> tags;
  int64_t parent = 0;  // number of a trial; 0: none
  std::string request_id;
};

struct Options {
  std::vector<std::string> positional;
  bool help = false;
  Format format = Format::kTable;
  std::map<std::string, int64_t> dimensions;
  std::string server;  // empty: the service inside this process
  // How to reach the server: clients/channel/channel.h.
  std::string ca;
  std::string certificate;
  std::string key;
  std::string token_file;
  std::string data_dir;         // empty: looked for
  std::string calibration_dir;  // empty: $PICOST_CALIBRATION_DIR, or none
  std::vector<std::string> protocols;
  std::map<std::string, int64_t> parameters;
  std::vector<std::string> deployments;
  std::vector<std::string> networks;  // in place of the deployments' links
  std::vector<std::string> rewrites;
  UnknownPolicy unknown = UnknownPolicy::kDefault;
  std::string custom_operators;  // path of a textproto
  std::map<std::string, int64_t> trip_counts;
  Counting counting = Counting::kDefault;
  bool list_parameters = false;  // tensors of weights
  std::string name;              // display name
  bool calls = false;            // show primitive calls
  bool require_seconds = false;
  bool online = false;  // compare online time alone
  StudyOptions study;
};

// A flag of the command line: how it is written and what it does.
struct FlagHelp {
  const char* name;
  const char* value;  // empty: none is taken
  const char* meaning;
};
const FlagHelp* FindFlag(const std::string& name);

// Arguments after the command. `allowed`: names of the flags that the command
// takes; --help is always allowed.
Result<Options> ParseOptions(const std::vector<std::string>& arguments,
                             const std::vector<std::string>& allowed);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_OPTIONS_H_
