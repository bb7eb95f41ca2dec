#include "service/convert/deployment.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/scale.h"
#include "service/convert/enums.h"

namespace picost::service {
namespace {

using service::FromProto;  // the declarations below would hide the enumerations
using service::ToProto;

// "networks/lan" -> "lan": the request has been validated.
std::string Id(const std::string& name) { return name.substr(name.find('/') + 1); }

template <typename Names>
absl::Status NotFound(const std::string& name, const std::string& field, const Names& names) {
  return MakeError(
      absl::StatusCode::kNotFound, absl::StrCat("there is no ", name),
      {.field = field, .mend = absl::StrCat("There are: ", absl::StrJoin(names, ", "), ".")});
}

std::string TableName(const std::string& name) { return absl::StrCat("tables/", name); }

void ToProto(const cost::CalibrationTable& from, v1::ScaledTable& to) {
  to.set_table(TableName(from.name));
  to.set_machine(from.environment.machine);
  if (!from.probes_predicted_by.empty()) to.set_reference(TableName(from.probes_predicted_by));
  for (const cost::Sample& sample : from.probes) {
    v1::Probe& probe = *to.add_probes();
    probe.set_primitive(absl::StrCat("primitives/", sample.primitive));
    for (const auto& [name, value] : sample.parameters.values()) {
      (*probe.mutable_parameters())[name] = value;
    }
    probe.set_count(sample.count);
    probe.set_executor(ToProto(sample.executor));
    probe.set_wall_seconds(sample.wall.value());
  }
}

void ToProto(const cost::Machine& from, v1::Machine& to) {
  for (const auto& [family, models] : from.tables) {
    auto* binding = to.add_tables();
    binding->set_family(ToProto(family));
    for (const auto& model : models) {
      const cost::CalibrationTable& table = model->table();
      if (table.probes.empty()) {
        binding->add_tables(TableName(table.name));
      } else {
        ToProto(table, *binding->add_scaled_tables());
      }
    }
  }
  to.set_threads(from.threads);
}

// The table with the name, scaled where there are probes.
absl::StatusOr<std::shared_ptr<const cost::CostModel>> FindTable(const std::string& name,
                                                                 const std::string& field,
                                                                 const cost::DataDirectory& data) {
  std::shared_ptr<const cost::CostModel> model = data.FindTable(Id(name));
  if (model != nullptr) return model;
  std::vector<std::string> names;
  for (const cost::NamedTable& table : data.tables()) names.push_back("tables/" + table.name);
  return NotFound(name, field, names);
}

absl::StatusOr<std::shared_ptr<const cost::CostModel>> Scale(const v1::ScaledTable& scaled,
                                                             const std::string& field,
                                                             const cost::DataDirectory& data) {
  PICOST_ASSIGN_OR_RETURN(const auto model, FindTable(scaled.table(), field + ".table", data));
  std::shared_ptr<const cost::CostModel> reference;
  if (!scaled.reference().empty()) {
    PICOST_ASSIGN_OR_RETURN(reference, FindTable(scaled.reference(), field + ".reference", data));
  }
  std::vector<cost::Sample> probes;
  for (const v1::Probe& probe : scaled.probes()) {
    cost::Sample& sample = probes.emplace_back();
    sample.primitive = Id(probe.primitive());
    for (const auto& [name, value] : probe.parameters()) sample.parameters.Set(name, value);
    sample.count = probe.count();
    sample.executor = FromProto(probe.executor());
    sample.network = "none";
    sample.wall = Seconds(probe.wall_seconds());
  }
  auto result = cost::ScaleModel(*model, probes, scaled.machine(), reference.get());
  if (!result.ok()) return AtElement(result.status(), field);
  return result;
}

absl::StatusOr<cost::Machine> MachineFromProto(const v1::Machine& from, const std::string& field,
                                               const cost::DataDirectory& data) {
  cost::Machine to;
  for (const v1::TableBinding& binding : from.tables()) {
    auto& models = to.tables[FromProto(binding.family())];
    for (int i = 0; i < binding.scaled_tables_size(); ++i) {
      PICOST_ASSIGN_OR_RETURN(auto model,
                              Scale(binding.scaled_tables(i),
                                    absl::StrCat(field, ".tables.scaled_tables[", i, "]"), data));
      models.push_back(std::move(model));
    }
    for (const std::string& name : binding.tables()) {
      PICOST_ASSIGN_OR_RETURN(auto model, FindTable(name, field + ".tables", data));
      models.push_back(std::move(model));
    }
  }
  if (from.has_threads()) to.threads = from.threads();
  return to;
}

cost::NetworkProfile FromProto(const v1::NetworkProfile& from) {
  return {.id = "",  // spelled out: whatever name it gives, it is not the named one
          .source = from.source(),
          .round_trip_seconds = from.round_trip_seconds(),
          .flight_overhead_seconds = from.flight_overhead_seconds(),
          .client_to_server_bytes_per_second = from.client_to_server_bytes_per_second(),
          .server_to_client_bytes_per_second = from.server_to_client_bytes_per_second(),
          .bandwidth_relative_stddev = from.bandwidth_relative_stddev(),
          .round_trip_relative_stddev = from.round_trip_relative_stddev(),
          .restarts_after_idle = from.restarts_after_idle()};
}

absl::StatusOr<cost::NetworkProfile> FindNetwork(const std::string& name, const std::string& field,
                                                 const cost::DataDirectory& data) {
  if (const cost::NetworkProfile* found = data.FindNetwork(Id(name)); found != nullptr)
    return *found;
  std::vector<std::string> names;
  for (const cost::NetworkProfile& network : data.networks())
    names.push_back("networks/" + network.id);
  return NotFound(name, field, names);
}

absl::StatusOr<cost::Deployment> FindDeployment(const std::string& name, const std::string& field,
                                                const cost::DataDirectory& data) {
  if (absl::StatusOr<cost::Deployment> found = data.FindDeployment(Id(name)); found.ok())
    return found;
  std::vector<std::string> names;
  for (const cost::Deployment& deployment : data.deployments()) {
    names.push_back("deployments/" + deployment.id);
  }
  return NotFound(name, field, names);
}

}  // namespace

void ToProto(const cost::NetworkProfile& from, v1::NetworkProfile& to) {
  if (!from.id.empty()) to.set_name(absl::StrCat("networks/", from.id));
  to.set_source(from.source);
  to.set_round_trip_seconds(from.round_trip_seconds);
  to.set_flight_overhead_seconds(from.flight_overhead_seconds);
  to.set_client_to_server_bytes_per_second(from.client_to_server_bytes_per_second);
  to.set_server_to_client_bytes_per_second(from.server_to_client_bytes_per_second);
  to.set_bandwidth_relative_stddev(from.bandwidth_relative_stddev);
  to.set_round_trip_relative_stddev(from.round_trip_relative_stddev);
  to.set_restarts_after_idle(from.restarts_after_idle);
}

void ToProto(const cost::Deployment& from, v1::Deployment& to) {
  to.set_name(absl::StrCat("deployments/", from.id));
  ToProto(from.network, *to.mutable_network());
  ToProto(from.client, *to.mutable_client());
  ToProto(from.server, *to.mutable_server());
}

absl::StatusOr<cost::Deployment> FromProto(const v1::DeploymentChoice& choice,
                                           const cost::DataDirectory& data,
                                           const std::string& field) {
  if (choice.choice_case() == v1::DeploymentChoice::kName) {
    return FindDeployment(choice.name(), field + ".name", data);
  }
  const v1::CustomDeployment& custom = choice.custom();
  const std::string path = field + ".custom";
  cost::Deployment deployment;
  if (!custom.base().empty()) {
    PICOST_ASSIGN_OR_RETURN(deployment, FindDeployment(custom.base(), path + ".base", data));
    deployment.id.clear();  // parts of it are replaced
  }
  if (custom.link_case() == v1::CustomDeployment::kNetwork) {
    PICOST_ASSIGN_OR_RETURN(deployment.network,
                            FindNetwork(custom.network(), path + ".network", data));
  } else if (custom.link_case() == v1::CustomDeployment::kNetworkProfile) {
    deployment.network = FromProto(custom.network_profile());
  }
  if (custom.has_client()) {
    PICOST_ASSIGN_OR_RETURN(deployment.client,
                            MachineFromProto(custom.client(), path + ".client", data));
  }
  if (custom.has_server()) {
    PICOST_ASSIGN_OR_RETURN(deployment.server,
                            MachineFromProto(custom.server(), path + ".server", data));
  }
  return deployment;
}

}  // namespace picost::service
