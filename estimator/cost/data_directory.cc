#include "estimator/cost/data_directory.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/runs_io.h"
#include "estimator/cost/textproto.h"
#include "proto/picost/v1/calibration_table.pb.h"

namespace picost::cost {
namespace {

namespace fs = std::filesystem;

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

absl::StatusOr<NetworkProfile> ReadNetwork(const std::string& path, const std::string& id) {
  PICOST_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  v1::NetworkProfileFile file;
  PICOST_RETURN_IF_ERROR(ParseTextproto(text, path, file));
  if (file.id() != id) {
    return Invalid(path, absl::StrCat("id is \"", file.id(), "\""),
                   "Make the id equal to the file's name.");
  }
  if (file.source().empty()) return Invalid(path, "no source", "Say where the figures are from.");
  const double positive[] = {file.client_to_server_bytes_per_second(),
                             file.server_to_client_bytes_per_second()};
  for (const double value : positive) {
    if (!(value > 0)) return Invalid(path, "a bandwidth is not positive", "Give bytes per second.");
  }
  const double not_negative[] = {file.round_trip_seconds(), file.flight_overhead_seconds(),
                                 file.bandwidth_relative_stddev(),
                                 file.round_trip_relative_stddev()};
  for (const double value : not_negative) {
    if (!(value >= 0)) return Invalid(path, "a negative figure", "Give numbers of at least 0.");
  }
  return NetworkProfile{
      .id = id,
      .source = file.source(),
      .round_trip_seconds = file.round_trip_seconds(),
      .flight_overhead_seconds = file.flight_overhead_seconds(),
      .client_to_server_bytes_per_second = file.client_to_server_bytes_per_second(),
      .server_to_client_bytes_per_second = file.server_to_client_bytes_per_second(),
      .bandwidth_relative_stddev = file.bandwidth_relative_stddev(),
      .round_trip_relative_stddev = file.round_trip_relative_stddev(),
      .restarts_after_idle = file.restarts_after_idle()};
}

std::optional<primitives::Family> FindFamily(const std::string& name) {
  using primitives::Family;
  for (const Family family : {Family::kGarbling, Family::kObliviousTransfer, Family::kHomomorphic,
                              Family::kSecretSharing, Family::kPlaintext, Family::kWholeProtocol}) {
    if (primitives::FamilyName(family) == name) return family;
  }
  return std::nullopt;
}

absl::StatusOr<Machine> ReadParty(const std::string& path, const std::string& deployment,
                                  const v1::DeploymentsFile::Party& party,
                                  const DataDirectory& data) {
  Machine machine;
  machine.threads = party.threads();
  if (machine.threads < 1) {
    return Invalid(path, absl::StrCat("deployment ", deployment, ": threads is ", machine.threads),
                   "Give each party at least one thread.");
  }
  for (const auto& entry : party.families()) {
    const std::optional<primitives::Family> family = FindFamily(entry.family());
    if (!family.has_value()) {
      return Invalid(
          path,
          absl::StrCat("deployment ", deployment, ": family \"", entry.family(), "\" is unknown"),
          "Use the names of primitives::FamilyName.");
    }
    for (const std::string& name : entry.tables()) {
      std::shared_ptr<const CostModel> model = data.FindTable(name);
      if (model == nullptr) {
        return Invalid(path, absl::StrCat("deployment ", deployment, ": no table ", name),
                       "Name a folder of data/calibration or an alias.");
      }
      machine.tables[*family].push_back(std::move(model));
    }
  }
  return machine;
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

  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> networks, List(path + "/networks", false));
  constexpr std::string_view kSuffix = ".textproto";
  for (const std::string& name : networks) {
    if (name.size() <= kSuffix.size() || !name.ends_with(kSuffix)) continue;
    PICOST_ASSIGN_OR_RETURN(NetworkProfile network,
                            ReadNetwork(absl::StrCat(path, "/networks/", name),
                                        name.substr(0, name.size() - kSuffix.size())));
    data->networks_.push_back(std::move(network));
  }

  std::vector<RunLayer> runs;
  if (std::error_code error; fs::exists(path + "/runs/layers.csv", error)) {
    PICOST_ASSIGN_OR_RETURN(runs, ReadRunLayers(path + "/runs/layers.csv"));
  }

  const std::string calibration = path + "/calibration";
  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> folders, List(calibration, true));
  const auto add = [&](const std::string& name,
                       absl::StatusOr<CalibrationTable> table) -> absl::Status {
    if (!table.ok()) return table.status();
    if (data->FindTable(name) != nullptr) {
      return Invalid(name, "is the name of another table", "Rename one.");
    }
    PICOST_ASSIGN_OR_RETURN(
        std::shared_ptr<const CostModel> model,
        FitTable(*std::move(table), runs, options.without_run, data->networks_));
    data->tables_.push_back({.name = name, .model = std::move(model)});
    return absl::OkStatus();
  };
  const auto add_or_skip = [&](const std::string& name, absl::StatusOr<CalibrationTable> table) {
    absl::Status status = add(name, std::move(table));
    if (status.ok() || !options.skip_broken_tables) return status;
    data->skipped_.push_back({.name = name, .reason = std::string(status.message())});
    return absl::OkStatus();
  };
  for (const std::string& name : folders) {
    PICOST_RETURN_IF_ERROR(
        add_or_skip(name, ReadCalibrationTable(absl::StrCat(calibration, "/", name))));
  }
  for (const ImportedTable& imported : options.imported) {
    PICOST_RETURN_IF_ERROR(add_or_skip(
        imported.name,
        ParseCalibrationTable(imported.name, imported.table_textproto, imported.samples_csv)));
  }
  std::sort(data->tables_.begin(), data->tables_.end(),
            [](const NamedTable& a, const NamedTable& b) { return a.name < b.name; });

  const std::string aliases_path = calibration + "/aliases.textproto";
  PICOST_ASSIGN_OR_RETURN(const std::string aliases_text, ReadFile(aliases_path));
  v1::TableAliasesFile aliases;
  PICOST_RETURN_IF_ERROR(ParseTextproto(aliases_text, aliases_path, aliases));
  for (const auto& alias : aliases.aliases()) {
    data->aliases_[alias.name()] = alias.table();
  }
  const auto named = [&](const std::string& name) {
    return std::any_of(data->tables_.begin(), data->tables_.end(),
                       [&](const NamedTable& one) { return one.name == name; });
  };
  for (const auto& [alias, table] : options.aliases) {
    if (options.skip_broken_tables && (named(alias) || !named(table))) {
      data->skipped_.push_back(
          {.name = alias,
           .reason = absl::StrCat("the alias ", alias, " of table ", table,
                                  " is itself a table, or that one is not there")});
    } else {
      data->aliases_[alias] = table;
    }
  }
  for (const auto& [alias, table] : data->aliases_) {
    if (named(alias)) {
      return Invalid(aliases_path, absl::StrCat(alias, " is also a table"), "Rename it.");
    }
    if (!named(table)) {
      return Invalid(aliases_path, absl::StrCat(alias, " names no table: ", table),
                     "Name a folder of data/calibration.");
    }
  }

  const std::string deployments_path = path + "/deployments.textproto";
  PICOST_ASSIGN_OR_RETURN(const std::string deployments_text, ReadFile(deployments_path));
  v1::DeploymentsFile deployments;
  PICOST_RETURN_IF_ERROR(ParseTextproto(deployments_text, deployments_path, deployments));
  for (const auto& entry : deployments.deployments()) {
    const NetworkProfile* network = data->FindNetwork(entry.network());
    if (network == nullptr) {
      return Invalid(deployments_path,
                     absl::StrCat("deployment ", entry.id(), ": no network ", entry.network()),
                     "Name a file of data/networks.");
    }
    for (const Deployment& other : data->deployments_) {
      if (other.id == entry.id()) {
        return Invalid(deployments_path, absl::StrCat("two deployments named ", entry.id()),
                       "Rename one.");
      }
    }
    Deployment deployment{.id = entry.id(), .network = *network};
    PICOST_ASSIGN_OR_RETURN(deployment.client,
                            ReadParty(deployments_path, entry.id(), entry.client(), *data));
    PICOST_ASSIGN_OR_RETURN(deployment.server,
                            ReadParty(deployments_path, entry.id(), entry.server(), *data));
    data->deployments_.push_back(std::move(deployment));
  }
  return std::shared_ptr<const DataDirectory>(std::move(data));
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
