#include "service/study/trial_columns.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "service/serialize.h"
#include "service/study/trial_metrics.h"

namespace picost::service {
namespace {

static_assert(std::endian::native == std::endian::little, "values are copied as they are");

std::string Bytes(const std::vector<double>& values) {
  // One number stands for all where they are equal, bit by bit.
  bool equal = true;
  for (const double value : values) {
    equal = equal && std::memcmp(&value, &values[0], sizeof(value)) == 0;
  }
  const size_t count = equal ? 1 : values.size();
  return std::string(reinterpret_cast<const char*>(values.data()), count * sizeof(double));
}

}  // namespace

void TrialColumnsBuilder::Set(std::string_view name, double value) {
  auto found = columns_.find(name);
  if (found == columns_.end()) {
    found = columns_.emplace(name, Column()).first;
  }
  Column& column = found->second;
  column.resize(rows_ - 1, std::nan(""));
  column.push_back(value);
}

void TrialColumnsBuilder::AddPhase(const PhaseNames& names, std::string_view phase,
                                   const v1::PhaseTotals& totals, const v1::PhaseLinkTerms& terms) {
  Set(names.up, static_cast<double>(totals.client_to_server_bytes()));
  Set(names.down, static_cast<double>(totals.server_to_client_bytes()));
  Set(names.flights, static_cast<double>(totals.flights()));
  Set(names.critical, static_cast<double>(terms.critical_flights()));
  Set(names.half_width, terms.compute_half_width_seconds());
  // Older trials have one half for both ends.
  Set(names.half_width_below, terms.has_compute_half_width_below_seconds()
                                  ? terms.compute_half_width_below_seconds()
                                  : terms.compute_half_width_seconds());
  Set(names.link_half_width, terms.link_half_width_seconds());
  Set(names.link_half_width_below, terms.has_link_half_width_below_seconds()
                                       ? terms.link_half_width_below_seconds()
                                       : terms.link_half_width_seconds());
  Set(names.duplex_up, static_cast<double>(terms.duplex_client_to_server_bytes()));
  Set(names.duplex_down, static_cast<double>(terms.duplex_server_to_client_bytes()));
  if (terms.has_compute_seconds()) Set(names.compute, terms.compute_seconds());
  if (totals.has_latency_seconds()) {
    Set(names.latency, totals.latency_seconds().p50());
    Set(names.low, totals.latency_seconds().low());
    Set(names.high, totals.latency_seconds().high());
  }
  for (int i = 0; i < terms.overlaps_size(); ++i) {
    const v1::OverlapTerm& term = terms.overlaps(i);
    const std::string prefix = absl::StrCat(std::string(phase), ".overlap", i, ".");
    Set(prefix + "overlap_share", term.overlap_share());
    Set(prefix + "work_seconds", term.work_seconds());
    Set(prefix + "client_to_server_bytes", static_cast<double>(term.client_to_server_bytes()));
    Set(prefix + "server_to_client_bytes", static_cast<double>(term.server_to_client_bytes()));
  }
  AddRestarts(phase, terms);
}

void TrialColumnsBuilder::AddRestarts(std::string_view phase, const v1::PhaseLinkTerms& terms) {
  if (terms.restarts().empty()) return;
  std::vector<RestartSlot>& slots = restart_slots_[std::string(phase)];
  const auto set = [&](size_t i, const v1::RestartTerm& term) {
    slots[i] = {.idle_seconds = term.idle_seconds(),
                .up = term.client_to_server_bytes(),
                .down = term.server_to_client_bytes(),
                .calls = term.call_count(),
                .row = rows_};
    const std::string prefix = absl::StrCat(std::string(phase), ".restart", i, ".");
    Set(prefix + "idle_seconds", term.idle_seconds());
    Set(prefix + "client_to_server_bytes", static_cast<double>(term.client_to_server_bytes()));
    Set(prefix + "server_to_client_bytes", static_cast<double>(term.server_to_client_bytes()));
    Set(prefix + "call_count", static_cast<double>(term.call_count()));
  };
  std::vector<const v1::RestartTerm*> fresh;
  for (const v1::RestartTerm& term : terms.restarts()) {
    const auto equal = std::find_if(slots.begin(), slots.end(), [&](const RestartSlot& slot) {
      return slot.row < rows_ && slot.idle_seconds == term.idle_seconds() &&
             slot.up == term.client_to_server_bytes() &&
             slot.down == term.server_to_client_bytes() && slot.calls == term.call_count();
    });
    if (equal == slots.end()) {
      fresh.push_back(&term);
    } else {
      set(static_cast<size_t>(equal - slots.begin()), term);
    }
  }
  size_t free = 0;
  for (const v1::RestartTerm* term : fresh) {
    while (free < slots.size() && slots[free].row == rows_) ++free;
    if (free == slots.size()) slots.emplace_back();
    set(free, *term);
  }
}

int64_t TrialColumnsBuilder::GroupOf(const v1::Trial& trial) {
  const std::string key = absl::StrCat(trial.model(), "|", trial.protocol().protocol(), "|",
                                       SerializeInOrder(trial.deployment()), "|",
                                       SerializeInOrder(trial.link_terms().network()));
  const auto [found, added] = group_by_key_.try_emplace(key, static_cast<int64_t>(groups_.size()));
  if (added) {
    v1::TrialGroup& group = groups_.emplace_back();
    group.set_model(trial.model());
    group.set_protocol(trial.protocol().protocol());
    group.set_deployment(trial.deployment().name());
    *group.mutable_network() = trial.link_terms().network();
  }
  return found->second;
}

int64_t TrialColumnsBuilder::TagSetOf(const v1::Trial& trial) {
  v1::TagSet set;
  *set.mutable_tags() = trial.tags();
  const auto [found, added] =
      tag_set_by_key_.try_emplace(SerializeInOrder(set), static_cast<int64_t>(tag_sets_.size()));
  if (added) tag_sets_.push_back(std::move(set));
  return found->second;
}

void TrialColumnsBuilder::Add(int64_t number, int64_t create_time_micros, const v1::Trial& trial) {
  static const auto* const names = [] {
    auto* all = new std::vector<std::pair<std::string, PhaseNames>>;
    for (const std::string phase : {"setup", "offline", "online"}) {
      all->emplace_back(
          phase,
          PhaseNames{phase + ".client_to_server_bytes", phase + ".server_to_client_bytes",
                     phase + ".flights", phase + ".critical_flights", phase + ".compute_seconds",
                     phase + ".compute_half_width_seconds",
                     phase + ".compute_half_width_below_seconds",
                     phase + ".link_half_width_seconds", phase + ".link_half_width_below_seconds",
                     phase + ".duplex_client_to_server_bytes",
                     phase + ".duplex_server_to_client_bytes", phase + ".latency_seconds",
                     "low." + phase + "_seconds", "high." + phase + "_seconds"});
    }
    return all;
  }();
  ++rows_;
  last_number_ = number;
  Set("number", static_cast<double>(number));
  Set("create_time_seconds", static_cast<double>(create_time_micros) * 1e-6);
  Set("feasible", trial.feasible() ? 1 : 0);
  Set("group", static_cast<double>(GroupOf(trial)));
  Set("tag_set", static_cast<double>(TagSetOf(trial)));
  for (const std::string& metric : PredictedMetrics()) {
    const std::optional<double> value = PredictedValue(trial.totals(), metric);
    if (value.has_value()) Set(metric, *value);
  }
  const v1::EditTotals& totals = trial.totals();
  const v1::LinkTerms& terms = trial.link_terms();
  AddPhase((*names)[0].second, (*names)[0].first, totals.setup(), terms.setup());
  AddPhase((*names)[1].second, (*names)[1].first, totals.offline(), terms.offline());
  AddPhase((*names)[2].second, (*names)[2].first, totals.online(), terms.online());
  for (const v1::ReportedMetric& metric : trial.metrics()) {
    Set("metric." + metric.metric(), metric.value());
  }
}

void TrialColumnsBuilder::Finish(v1::TrialColumns& columns) {
  columns.set_row_count(static_cast<int64_t>(rows_));
  columns.set_last_number(last_number_);
  for (auto& [name, values] : columns_) {
    values.resize(rows_, std::nan(""));
    v1::TrialColumn& column = *columns.add_columns();
    column.set_name(name);
    column.set_values(Bytes(values));
  }
  for (const v1::TrialGroup& group : groups_) *columns.add_groups() = group;
  for (const v1::TagSet& set : tag_sets_) *columns.add_tag_sets() = set;
}

}  // namespace picost::service
