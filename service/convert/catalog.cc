#include "service/convert/catalog.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "service/convert/enums.h"

namespace picost::service {
namespace {

bool Covers(const cost::CostModel& model, const std::string& primitive) {
  for (const cost::FitGroup& group : model.groups()) {
    if (group.spec->id == primitive) return true;
  }
  return false;
}

}  // namespace

void ToProto(const protocols::ProtocolInfo& from, const cost::DataDirectory& data,
             v1::Protocol& to) {
  to.set_name(absl::StrCat("protocols/", from.id));
  to.set_version(from.version);
  to.set_title(from.title);
  to.set_citation(from.citation);
  to.set_leaves_out(from.leaves_out);
  to.set_keeps(from.keeps);
  to.set_status(ToProto(from.status));
  for (const protocols::ProtocolParameter& parameter : from.parameters) {
    auto* entry = to.add_parameters();
    entry->set_name(parameter.name);
    entry->set_meaning(parameter.meaning);
    entry->set_default_value(parameter.default_value);
    entry->set_minimum(parameter.minimum);
    entry->set_maximum(parameter.maximum);
    entry->set_source(parameter.source);
  }
  for (const std::string& primitive : from.primitives) {
    auto* entry = to.add_primitives();
    entry->set_primitive(absl::StrCat("primitives/", primitive));
    for (const cost::NamedTable& table : data.tables()) {
      if (!Covers(*table.model, primitive)) continue;
      const std::string name = absl::StrCat("tables/", table.name);
      if (table.model->table().origin == cost::Origin::kPublished) {
        entry->add_published_tables(name);
      } else {
        entry->add_measured_tables(name);
      }
    }
  }
}

void ToProto(const primitives::PrimitiveSpec& from, v1::Primitive& to) {
  to.set_name(absl::StrCat("primitives/", from.id));
  to.set_family(ToProto(from.family));
  to.set_unit(from.unit);
  to.set_citation(from.citation);
  to.set_status(ToProto(from.status));
  to.set_traffic_relative_bound(from.traffic_relative_bound);
  for (const primitives::ParameterSpec& parameter : from.parameters) {
    auto* entry = to.add_parameters();
    entry->set_name(parameter.name);
    entry->set_meaning(parameter.meaning);
    entry->set_minimum(parameter.minimum);
    entry->set_maximum(parameter.maximum);
    entry->set_must_match(parameter.must_match);
    entry->set_optional(parameter.optional);
  }
}

void ToProto(const cost::NamedTable& from, const cost::DataDirectory& data,
             v1::CalibrationTableSummary& to) {
  const cost::CalibrationTable& table = from.model->table();
  to.set_name(absl::StrCat("tables/", table.id));
  to.add_aliases(absl::StrCat("tables/", from.name));
  for (const auto& [alias, target] : data.aliases()) {
    if (target == table.id || target == from.name) to.add_aliases(absl::StrCat("tables/", alias));
  }
  to.set_title(table.title);
  to.set_origin(ToProto(table.origin));
  to.set_source(table.source);
  to.set_license(table.license);
  to.set_backend(table.environment.backend);
  to.set_backend_version(table.environment.backend_version);
  to.set_machine(table.environment.machine);
  to.set_measure_date(table.environment.date);
  to.set_threads(table.environment.threads);
  to.set_sample_count(static_cast<int64_t>(table.samples.size()));
  std::set<std::string> primitives;
  for (const cost::FitGroup& group : from.model->groups()) primitives.insert(group.spec->id);
  for (const std::string& primitive : primitives)
    to.add_primitives(absl::StrCat("primitives/", primitive));
}

}  // namespace picost::service
