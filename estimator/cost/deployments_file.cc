#include "estimator/cost/deployments_file.h"

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/sample_fields.h"
#include "estimator/cost/scale.h"
#include "estimator/cost/textproto.h"
#include "proto/picost/v1/calibration_table.pb.h"

namespace picost::cost {
namespace {

using File = v1::DeploymentsFile;

std::optional<primitives::Family> FindFamily(const std::string& name) {
  using primitives::Family;
  for (const Family family : {Family::kGarbling, Family::kObliviousTransfer, Family::kHomomorphic,
                              Family::kSecretSharing, Family::kPlaintext, Family::kWholeProtocol}) {
    if (primitives::FamilyName(family) == name) return family;
  }
  return std::nullopt;
}

// Reads one file.
class Reader {
 public:
  Reader(const std::string& path, const DeploymentNames& names) : path_(path), names_(names) {}

  absl::StatusOr<Deployment> Read(const File::Deployment& entry) {
    id_ = entry.id();
    const NetworkProfile* network = names_.network(entry.network());
    if (network == nullptr) {
      return Invalid(absl::StrCat("no network ", entry.network()), "Name a file of data/networks.");
    }
    Deployment deployment{.id = entry.id(), .network = *network};
    PICOST_ASSIGN_OR_RETURN(deployment.client, ReadParty(entry.client()));
    PICOST_ASSIGN_OR_RETURN(deployment.server, ReadParty(entry.server()));
    return deployment;
  }

 private:
  absl::Status Invalid(const std::string& what, const std::string& mend) const {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat(path_, ": deployment ", id_, ": ", what), {.mend = mend});
  }

  absl::StatusOr<std::shared_ptr<const CostModel>> FindTable(const std::string& name) const {
    std::shared_ptr<const CostModel> model = names_.table(name);
    if (model != nullptr) return model;
    return Invalid(absl::StrCat("no table ", name),
                   "Name a folder of data/calibration or an alias.");
  }

  absl::StatusOr<std::shared_ptr<const CostModel>> Scale(const File::ScaledTable& entry) {
    PICOST_ASSIGN_OR_RETURN(const auto model, FindTable(entry.table()));
    std::shared_ptr<const CostModel> reference;
    if (!entry.reference().empty()) {
      PICOST_ASSIGN_OR_RETURN(reference, FindTable(entry.reference()));
    }
    if (entry.probes().empty() || entry.probes_size() > kMostProbes) {
      return Invalid(absl::StrCat(entry.probes_size(), " probes of ", entry.table()),
                     absl::StrCat("Give 1 to ", kMostProbes, "."));
    }
    std::vector<Sample> probes;
    for (const File::Probe& from : entry.probes()) {
      Sample& probe = probes.emplace_back();
      probe.primitive = from.primitive();
      const Cell parameters{path_, 0, "probes.parameters", from.parameters()};
      PICOST_ASSIGN_OR_RETURN(probe.parameters, ReadParameters(parameters, from.parameters()));
      probe.count = from.count();
      PICOST_ASSIGN_OR_RETURN(probe.executor,
                              ReadExecutor(Cell{path_, 0, "probes.executor", from.executor()}));
      probe.network = "none";
      probe.wall = Seconds(from.wall_seconds());
    }
    auto scaled = ScaleModel(*model, probes, entry.machine(), reference.get());
    if (!scaled.ok()) {
      return Invalid(absl::StrCat(entry.table(), ": ", std::string(scaled.status().message())),
                     GetErrorSite(scaled.status()).mend);
    }
    // Both parties and several families may name it: one model is one set of errors.
    for (const auto& before : scaled_) {
      if (before->table().id == (*scaled)->table().id) return before;
    }
    scaled_.push_back(*scaled);
    return *scaled;
  }

  absl::StatusOr<Machine> ReadParty(const File::Party& party) {
    Machine machine;
    machine.threads = party.threads();
    if (machine.threads < 1) {
      return Invalid(absl::StrCat("threads is ", machine.threads),
                     "Give each party at least one thread.");
    }
    for (const File::FamilyTables& entry : party.families()) {
      const std::optional<primitives::Family> family = FindFamily(entry.family());
      if (!family.has_value()) {
        return Invalid(absl::StrCat("family \"", entry.family(), "\" is unknown"),
                       "Use the names of primitives::FamilyName.");
      }
      for (const File::ScaledTable& scaled : entry.scaled()) {
        PICOST_ASSIGN_OR_RETURN(auto model, Scale(scaled));
        machine.tables[*family].push_back(std::move(model));
      }
      for (const std::string& name : entry.tables()) {
        PICOST_ASSIGN_OR_RETURN(auto model, FindTable(name));
        machine.tables[*family].push_back(std::move(model));
      }
    }
    return machine;
  }

  const std::string& path_;
  const DeploymentNames& names_;
  std::string id_;  // of the deployment in hand
  std::vector<std::shared_ptr<const CostModel>> scaled_;
};

}  // namespace

absl::StatusOr<std::vector<Deployment>> ReadDeploymentsFile(const std::string& path,
                                                            const DeploymentNames& names) {
  PICOST_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  File file;
  PICOST_RETURN_IF_ERROR(ParseTextproto(text, path, file));
  std::vector<Deployment> deployments;
  Reader reader(path, names);
  for (const File::Deployment& entry : file.deployments()) {
    for (const Deployment& other : deployments) {
      if (other.id == entry.id()) {
        return MakeError(absl::StatusCode::kInvalidArgument,
                         absl::StrCat(path, ": two deployments named ", entry.id()),
                         {.mend = "Rename one."});
      }
    }
    PICOST_ASSIGN_OR_RETURN(Deployment deployment, reader.Read(entry));
    deployments.push_back(std::move(deployment));
  }
  return deployments;
}

}  // namespace picost::cost
