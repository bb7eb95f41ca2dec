// The data directory, read once and immutable: tables with their fits, networks,
// named deployments, aliases.
//
//   <path>/calibration/<name>/{table.textproto,samples.csv}
//   <path>/calibration/aliases.textproto
//   <path>/networks/<id>.textproto
//   <path>/deployments.textproto
//   <path>/runs/layers.csv             may be absent; widens intervals only
//
// and beside it what `picost calibrate run --out=<calibration_dir>` wrote on this machine:
//
//   <calibration_dir>/<name>/{table.textproto,samples.csv}
//   <calibration_dir>/<id>-network.textproto
//   <calibration_dir>/<name>-deployment.textproto
#ifndef PICOST_ESTIMATOR_COST_DATA_DIRECTORY_H_
#define PICOST_ESTIMATOR_COST_DATA_DIRECTORY_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/cost/cost_model.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/network_profile.h"
#include "estimator/cost/rescale.h"

namespace picost::cost {

struct NamedTable {
  std::string name;  // folder
  std::shared_ptr<const CostModel> model;
};

// A table that is not in the folder: its two files, as they would be there.
struct ImportedTable {
  std::string name;
  std::string table_textproto;
  std::string samples_csv;
};

// A table made of another by whole inferences.
struct RescaledTable {
  std::string name;
  Rescaling rescaling;
};

struct LoadOptions {
  // Layers of this run are left out of the intervals: for scoring on it.
  std::string without_run;
  // A table that cannot be read is left out (skipped()) instead of failing the
  // load; a deployment or alias of the folder that names it still does. So is
  // whatever of calibration_dir cannot be read.
  bool skip_broken_tables = false;
  // See above. Empty: none; one that is not there holds nothing yet.
  std::string calibration_dir;
  // Beside the folder's; a name that is there already is skipped or an error.
  std::vector<ImportedTable> imported;
  // Made of tables that are there, or of each other.
  std::vector<RescaledTable> rescaled;
  // Win over those of the folder.
  std::map<std::string, std::string> aliases;
};

struct SkippedTable {
  std::string name;  // of the table, or the file in calibration_dir
  std::string reason;
};

class DataDirectory {
 public:
  // Reads, checks and fits everything; the first mistake is the error.
  static absl::StatusOr<std::shared_ptr<const DataDirectory>> Load(const std::string& path,
                                                                   const LoadOptions& options);
  static absl::StatusOr<std::shared_ptr<const DataDirectory>> Load(
      const std::string& path, std::string_view without_run = "") {
    return Load(path, LoadOptions{.without_run = std::string(without_run)});
  }

  // In the order of their names.
  const std::vector<NamedTable>& tables() const { return tables_; }
  // In the order of their files; those of calibration_dir last.
  const std::vector<NetworkProfile>& networks() const { return networks_; }
  // In the order of the file; those of calibration_dir last.
  const std::vector<Deployment>& deployments() const { return deployments_; }
  const std::map<std::string, std::string>& aliases() const { return aliases_; }
  const std::vector<SkippedTable>& skipped() const { return skipped_; }

  // By folder name, alias, or id (digest). Null where nothing has the name.
  std::shared_ptr<const CostModel> FindTable(std::string_view name) const;
  const NetworkProfile* FindNetwork(std::string_view id) const;
  // kNotFound with the list of names.
  absl::StatusOr<Deployment> FindDeployment(std::string_view id) const;

 private:
  DataDirectory() = default;

  absl::Status AddNetworks(const std::string& path, const LoadOptions& options);
  absl::Status AddTables(const std::string& path, const LoadOptions& options);
  absl::Status AddRescaled(const LoadOptions& options);
  absl::Status AddAliases(const std::string& path, const LoadOptions& options);
  absl::Status AddDeployments(const std::string& path, const LoadOptions& options);
  // Where broken tables are skipped: notes the reason, and all is well.
  absl::Status OrSkip(const std::string& name, absl::Status status, const LoadOptions& options);

  std::vector<NamedTable> tables_;
  std::vector<NetworkProfile> networks_;
  std::vector<Deployment> deployments_;
  std::map<std::string, std::string> aliases_;
  std::vector<SkippedTable> skipped_;
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_DATA_DIRECTORY_H_
