#include "estimator/cost/data_directory.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/deployments_file.h"
#include "estimator/cost/network_file.h"
#include "estimator/cost/runs_io.h"
#include "estimator/cost/textproto.h"
#include "proto/picost/v1/calibration_table.pb.h"

namespace picost::cost {
namespace {

namespace fs = std::filesystem;

// What `picost calibrate run` writes beside its tables.
constexpr char kNetworkSuffix[] = "-network.textproto";
constexpr char kDeploymentSuffix[] = "-deployment.textproto";

absl::Status Invalid(const std::string& file, const std::string& what, const std::string& mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat(file, ": ", what),
                   {.mend = mend});
}

// Names in the folder, sorted; folders or files by choice.
absl::StatusOr<std::vector<std::string>> List(const std::string& path, bool folders) {
  std::error_code error;
  fs::directory_iterator it(path, error);
  if (error) {
    return MakeError(absl::StatusCode::kNotFound,
                     absl::StrCat(path, " cannot be listed: ", error.message()),
                     {.mend = "Name the project's data directory."});
  }
  std::vector<std::string> names;
  for (const fs::directory_iterator end; it != end; it.increment(error)) {
    if (error) break;
    std::error_code ignored;
    const bool is_folder = it->is_directory(ignored);
    const std::string name = it->path().filename().string();
    if (is_folder == folders && name[0] != '.') names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Names of the files with this ending, without it, sorted.
absl::StatusOr<std::vector<std::string>> FilesEnding(const std::string& path,
                                                     std::string_view suffix) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> files, List(path, false));
  std::vector<std::string> stems;
  for (const std::string& name : files) {
    if (name.size() <= suffix.size() || !name.ends_with(suffix)) continue;
    stems.push_back(name.substr(0, name.size() - suffix.size()));
  }
  return stems;
}

bool IsThere(const std::string& path) {
  std::error_code error;
  return !path.empty() && fs::exists(path, error);
}

absl::StatusOr<std::shared_ptr<const CostModel>> FitTable(
    CalibrationTable table, const std::vector<RunLayer>& runs, const std::string& without_run,
    const std::vector<NetworkProfile>& networks) {
  std::vector<Discrepancy> discrepancies;
  for (const RunLayer& layer : runs) {
    if (layer.backend != table.environment.backend || layer.run == without_run) continue;
    discrepancies.push_back({.run = layer.run, .sample = layer.sample});
  }
  return CostModel::Fit(std::make_shared<const CalibrationTable>(std::move(table)), discrepancies,
                        networks);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const DataDirectory>> DataDirectory::Load(
    const std::string& path, const LoadOptions& options) {
  auto data = std::shared_ptr<DataDirectory>(new DataDirectory());
  PICOST_RETURN_IF_ERROR(data->AddNetworks(path, options));
  PICOST_RETURN_IF_ERROR(data->AddTables(path, options));
  PICOST_RETURN_IF_ERROR(data->AddAliases(path, options));
  PICOST_RETURN_IF_ERROR(data->AddDeployments(path, options));
  return std::shared_ptr<const DataDirectory>(std::move(data));
}

absl::Status DataDirectory::OrSkip(const std::string& name, absl::Status status,
                                   const LoadOptions& options) {
  if (status.ok() || !options.skip_broken_tables) return status;
  skipped_.push_back({.name = name, .reason = std::string(status.message())});
  return absl::OkStatus();
}

absl::Status DataDirectory::AddNetworks(const std::string& path, const LoadOptions& options) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> files,
                          FilesEnding(path + "/networks", ".textproto"));
  for (const std::string& id : files) {
    PICOST_ASSIGN_OR_RETURN(
        NetworkProfile network,
        ReadNetworkFile(absl::StrCat(path, "/networks/", id, ".textproto"), id));
    networks_.push_back(std::move(network));
  }
  if (!IsThere(options.calibration_dir)) return absl::OkStatus();
  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> measured,
                          FilesEnding(options.calibration_dir, kNetworkSuffix));
  for (const std::string& id : measured) {
    const std::string file = absl::StrCat(options.calibration_dir, "/", id, kNetworkSuffix);
    absl::StatusOr<NetworkProfile> network = ReadNetworkFile(file, id);
    absl::Status status = network.status();
    if (status.ok() && FindNetwork(id) != nullptr) {
      status = Invalid(file, "is the name of another network", "Rename one.");
    }
    if (status.ok()) networks_.push_back(*std::move(network));
    PICOST_RETURN_IF_ERROR(OrSkip(absl::StrCat(id, kNetworkSuffix), status, options));
  }
  return absl::OkStatus();
}

absl::Status DataDirectory::AddTables(const std::string& path, const LoadOptions& options) {
  std::vector<RunLayer> runs;
  if (IsThere(path + "/runs/layers.csv")) {
    PICOST_ASSIGN_OR_RETURN(runs, ReadRunLayers(path + "/runs/layers.csv"));
  }
  const auto add = [&](const std::string& name,
                       absl::StatusOr<CalibrationTable> table) -> absl::Status {
    if (!table.ok()) return table.status();
    if (FindTable(name) != nullptr) {
      return Invalid(name, "is the name of another table", "Rename one.");
    }
    PICOST_ASSIGN_OR_RETURN(std::shared_ptr<const CostModel> model,
                            FitTable(*std::move(table), runs, options.without_run, networks_));
    tables_.push_back({.name = name, .model = std::move(model)});
    return absl::OkStatus();
  };
  const std::string calibration = path + "/calibration";
  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> folders, List(calibration, true));
  for (const std::string& name : folders) {
    PICOST_RETURN_IF_ERROR(OrSkip(
        name, add(name, ReadCalibrationTable(absl::StrCat(calibration, "/", name))), options));
  }
  for (const ImportedTable& imported : options.imported) {
    const absl::Status status =
        add(imported.name,
            ParseCalibrationTable(imported.name, imported.table_textproto, imported.samples_csv));
    PICOST_RETURN_IF_ERROR(OrSkip(imported.name, status, options));
  }
  if (IsThere(options.calibration_dir)) {
    PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> measured,
                            List(options.calibration_dir, true));
    for (const std::string& name : measured) {
      const std::string folder = absl::StrCat(options.calibration_dir, "/", name);
      if (!IsThere(folder + "/table.textproto")) continue;  // no table, or not yet
      absl::StatusOr<CalibrationTable> table = ReadCalibrationTable(folder);
      const auto there = FindTable(name);
      // Copied from one folder into the other: one table.
      if (table.ok() && there != nullptr && there->table().id == table->id) continue;
      PICOST_RETURN_IF_ERROR(OrSkip(name, add(name, std::move(table)), options));
    }
  }
  PICOST_RETURN_IF_ERROR(AddRescaled(options));
  std::sort(tables_.begin(), tables_.end(),
            [](const NamedTable& a, const NamedTable& b) { return a.name < b.name; });
  return absl::OkStatus();
}

absl::Status DataDirectory::AddRescaled(const LoadOptions& options) {
  // One may be made of another that stands behind it: as long as one finds its origin.
  std::vector<RescaledTable> left = options.rescaled;
  for (bool found = true; found;) {
    found = false;
    std::vector<RescaledTable> waiting;
    for (RescaledTable& one : left) {
      const auto from = FindTable(one.rescaling.from);
      if (from == nullptr || FindTable(one.name) != nullptr) {
        waiting.push_back(std::move(one));
        continue;
      }
      tables_.push_back({.name = one.name, .model = RescaleModel(*from, one.name, one.rescaling)});
      found = true;
    }
    left = std::move(waiting);
  }
  for (const RescaledTable& one : left) {
    PICOST_RETURN_IF_ERROR(OrSkip(
        one.name,
        Invalid(one.name,
                FindTable(one.name) != nullptr ? "is the name of another table"
                                               : absl::StrCat("the table ", one.rescaling.from,
                                                              " that it was made of is gone"),
                "Bring that table back."),
        options));
  }
  return absl::OkStatus();
}

absl::Status DataDirectory::AddAliases(const std::string& path, const LoadOptions& options) {
  const std::string file = path + "/calibration/aliases.textproto";
  PICOST_ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
  v1::TableAliasesFile aliases;
  PICOST_RETURN_IF_ERROR(ParseTextproto(text, file, aliases));
  for (const auto& alias : aliases.aliases()) aliases_[alias.name()] = alias.table();
  const auto named = [&](const std::string& name) {
    return std::any_of(tables_.begin(), tables_.end(),
                       [&](const NamedTable& one) { return one.name == name; });
  };
  for (const auto& [alias, table] : options.aliases) {
    if (options.skip_broken_tables && (named(alias) || !named(table))) {
      skipped_.push_back({.name = alias,
                          .reason = absl::StrCat("the alias ", alias, " of table ", table,
                                                 " is itself a table, or that one is not there")});
    } else {
      aliases_[alias] = table;
    }
  }
  for (const auto& [alias, table] : aliases_) {
    if (named(alias)) return Invalid(file, absl::StrCat(alias, " is also a table"), "Rename it.");
    if (!named(table)) {
      return Invalid(file, absl::StrCat(alias, " names no table: ", table),
                     "Name a folder of data/calibration.");
    }
  }
  return absl::OkStatus();
}

absl::Status DataDirectory::AddDeployments(const std::string& path, const LoadOptions& options) {
  const DeploymentNames names{.table = [this](std::string_view name) { return FindTable(name); },
                              .network = [this](std::string_view id) { return FindNetwork(id); }};
  PICOST_ASSIGN_OR_RETURN(deployments_,
                          ReadDeploymentsFile(path + "/deployments.textproto", names));
  if (!IsThere(options.calibration_dir)) return absl::OkStatus();
  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> measured,
                          FilesEnding(options.calibration_dir, kDeploymentSuffix));
  for (const std::string& stem : measured) {
    const std::string file = absl::StrCat(options.calibration_dir, "/", stem, kDeploymentSuffix);
    const auto add = [&]() -> absl::Status {
      PICOST_ASSIGN_OR_RETURN(std::vector<Deployment> read, ReadDeploymentsFile(file, names));
      for (Deployment& deployment : read) {
        if (FindDeployment(deployment.id).ok()) {
          return Invalid(file, absl::StrCat("two deployments named ", deployment.id),
                         "Rename one.");
        }
        deployments_.push_back(std::move(deployment));
      }
      return absl::OkStatus();
    };
    PICOST_RETURN_IF_ERROR(OrSkip(absl::StrCat(stem, kDeploymentSuffix), add(), options));
  }
  return absl::OkStatus();
}

std::shared_ptr<const CostModel> DataDirectory::FindTable(std::string_view name) const {
  std::string folder(name);
  if (const auto alias = aliases_.find(folder); alias != aliases_.end()) folder = alias->second;
  for (const NamedTable& table : tables_) {
    if (table.name == folder || table.model->table().id == folder) return table.model;
  }
  return nullptr;
}

const NetworkProfile* DataDirectory::FindNetwork(std::string_view id) const {
  for (const NetworkProfile& network : networks_) {
    if (network.id == id) return &network;
  }
  return nullptr;
}

absl::StatusOr<Deployment> DataDirectory::FindDeployment(std::string_view id) const {
  std::vector<std::string> names;
  for (const Deployment& deployment : deployments_) {
    if (deployment.id == id) return deployment;
    names.push_back(deployment.id);
  }
  return MakeError(
      absl::StatusCode::kNotFound, absl::StrCat("no deployment is named \"", std::string(id), "\""),
      {.field = "deployment", .mend = "Use one of: " + absl::StrJoin(names, ", ") + "."});
}

}  // namespace picost::cost
