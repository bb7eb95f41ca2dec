#include "calibrate/deployment_file.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/cost/deployments_file.h"
#include "google/protobuf/text_format.h"
#include "proto/picost/v1/calibration_table.pb.h"

namespace picost::calibrate {
namespace {

using cost::CostModel;
using cost::FitGroup;
using cost::ShapePoint;
using primitives::Executor;
using File = v1::DeploymentsFile;

bool HasSamplesOf(const CostModel& model, std::string_view primitive) {
  return std::any_of(model.groups().begin(), model.groups().end(), [&](const FitGroup& group) {
    return std::any_of(group.shapes.begin(), group.shapes.end(),
                       [&](const ShapePoint& shape) { return shape.spec->id == primitive; });
  });
}

// What a machine did fast or slowly: medians of the primitive's shapes, those of the
// longest time first, which say most.
std::vector<File::Probe> ProbesOf(const CostModel& model, std::string_view primitive) {
  std::vector<File::Probe> probes;
  for (const FitGroup& group : model.groups()) {
    for (const ShapePoint& shape : group.shapes) {
      if (shape.spec->id != primitive) continue;
      File::Probe& probe = probes.emplace_back();
      probe.set_primitive(shape.spec->id);
      probe.set_parameters(shape.parameters.DebugString());
      probe.set_count(shape.count);
      probe.set_executor(std::string(primitives::ExecutorName(group.executor)));
      probe.set_wall_seconds(shape.median_seconds);
    }
  }
  std::stable_sort(probes.begin(), probes.end(), [](const File::Probe& a, const File::Probe& b) {
    return a.wall_seconds() > b.wall_seconds();
  });
  if (probes.size() > cost::kMostProbes) probes.resize(cost::kMostProbes);
  return probes;
}

// Two shipped tables of one machine: homomorphic operations, and the probe. Of several
// the last: a correction of a table is a new folder behind it.
struct ScalablePair {
  const CostModel* homomorphic = nullptr;
  const CostModel* reference = nullptr;
};

ScalablePair FindScalable(const cost::DataDirectory& shipped, std::string_view probe) {
  const auto& tables = shipped.tables();
  for (auto he = tables.rbegin(); he != tables.rend(); ++he) {
    const cost::NamedTable& table = *he;
    if (!HasSamplesOf(*table.model, "he.linear_evaluation")) continue;
    for (auto it = tables.rbegin(); it != tables.rend(); ++it) {
      const cost::NamedTable& other = *it;
      if (other.model->table().environment.machine == table.model->table().environment.machine &&
          other.model->table().origin == cost::Origin::kMeasured &&
          HasSamplesOf(*other.model, probe)) {
        return {table.model.get(), other.model.get()};
      }
    }
  }
  return {};
}

void AddTables(File::Party& party, const char* family, const std::vector<std::string>& tables) {
  File::FamilyTables& entry = *party.add_families();
  entry.set_family(family);
  for (const std::string& table : tables) entry.add_tables(table);
}

class Writer {
 public:
  Writer(const MeasuredHere& measured, const cost::DataDirectory* shipped)
      : measured_(measured), shipped_(shipped) {}

  DeploymentText Write() {
    File file;
    File::Deployment& deployment = *file.add_deployments();
    deployment.set_id(measured_.name);
    deployment.set_network(measured_.network);
    FillParty(/*client=*/false, *deployment.mutable_server());
    FillParty(/*client=*/true, *deployment.mutable_client());
    deployment.set_title(absl::StrCat(
        measured_.pi_ref != nullptr ? "garbling, OT, shares and plaintext layers measured here"
                                    : "garbling and OT not measured",
        measured_.he != nullptr ? "; homomorphic measured here"
        : scaled_               ? "; homomorphic scaled from another machine by a probe"
                                : "; homomorphic not measured",
        has_whole_protocols_ ? "; whole protocols as shipped, of another machine" : ""));
    DeploymentText text;
    google::protobuf::TextFormat::PrintToString(file, &text.textproto);
    text.textproto = absl::StrCat(
        "# Written by picost_calibrate; read by picostd --calibration_dir, with the tables beside\n"
        "# it. docs/adding_a_backend.md explains it.\n",
        text.textproto);
    text.summary = absl::StrCat("  ", deployment.title(), "\n", scaled_text_);
    return text;
  }

 private:
  void FillParty(bool client, File::Party& party) {
    party.set_threads(1);
    if (measured_.pi_ref != nullptr) {
      for (const char* family : {"garbling", "oblivious-transfer", "secret-sharing", "plaintext"}) {
        AddTables(party, family, {measured_.pi_ref->table().name});
      }
    }
    if (measured_.he != nullptr) {
      AddTables(party, "homomorphic", {measured_.he->table().name});
    } else {
      Scale(client, party);
    }
    std::vector<std::string> whole;
    for (const char* name : {"cheetah", "sci-he"}) {
      if (shipped_ != nullptr && shipped_->FindTable(name) != nullptr) whole.push_back(name);
    }
    has_whole_protocols_ = !whole.empty();
    if (!whole.empty()) AddTables(party, "whole-protocol", whole);
  }

  void Scale(bool client, File::Party& party) {
    if (shipped_ == nullptr || measured_.pi_ref == nullptr) return;
    // The multiply-adds are the server's. A client of another kind is judged by what it
    // ran itself.
    const char* const probe =
        client && measured_.machines_differ ? "gc.evaluate" : "plaintext.field_macs";
    const ScalablePair pair = FindScalable(*shipped_, probe);
    const std::vector<File::Probe> probes = ProbesOf(*measured_.pi_ref, probe);
    if (pair.homomorphic == nullptr || probes.empty()) return;
    File::FamilyTables& entry = *party.add_families();
    entry.set_family("homomorphic");
    File::ScaledTable& scaled = *entry.add_scaled();
    scaled.set_table(pair.homomorphic->table().name);
    scaled.set_reference(pair.reference->table().name);
    scaled.set_machine(measured_.pi_ref->table().environment.machine);
    scaled.mutable_probes()->Assign(probes.begin(), probes.end());
    if (!scaled_ || (client && measured_.machines_differ)) {
      absl::StrAppend(&scaled_text_, "  homomorphic, ", client ? "client" : "server", ": table ",
                      scaled.table(), " scaled by ", probes.size(), " probes (", probe,
                      ") against ", scaled.reference(),
                      "; estimates are flagged and their intervals wider.\n"
                      "  Measure it instead: tools/setup/he_driver.sh, then run --drivers=he "
                      "under the same --name\n");
    }
    scaled_ = true;
  }

  const MeasuredHere& measured_;
  const cost::DataDirectory* shipped_;
  bool scaled_ = false;
  bool has_whole_protocols_ = false;
  std::string scaled_text_;
};

}  // namespace

DeploymentText WriteDeployment(const MeasuredHere& measured, const cost::DataDirectory* shipped) {
  return Writer(measured, shipped).Write();
}

}  // namespace picost::calibrate
