// `run`: from two machines to a calibration table.
#ifndef PICOST_CALIBRATE_RUN_H_
#define PICOST_CALIBRATE_RUN_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "calibrate/driver_pair.h"
#include "estimator/cost/data_directory.h"

namespace picost::calibrate {

struct NamedCommand {
  std::string name;
  std::vector<std::string> command;
};

struct RunOptions {
  Parties parties;
  std::vector<NamedCommand> drivers;
  std::string out;      // folder that the tables go into, one a driver
  std::string name;     // of the tables; the driver's name is put behind it
  std::string against;  // folder of the table in use to compare with; empty: of `shipped`
  // Tables that were there before: to compare with, to scale, to fill the deployment.
  // Null: none are known.
  std::shared_ptr<const cost::DataDirectory> shipped;
  bool quick = false;
  bool probe_network = true;
  int repetitions = 7;
  // Of all drivers: no pass over a sweep begins later, the first three apart.
  double most_seconds = 600;
  std::string command_line;  // that made the tables, for their notes
  std::string note;          // what else is worth knowing about the measurement
};

// Prints what it does. Tables are <out>/<name>-<driver>, the deployment that names
// them <out>/<name>-deployment.textproto; unfinished runs leave
// <out>/<name>-<driver>.journal and go on from there.
absl::Status Run(const RunOptions& options);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_RUN_H_
