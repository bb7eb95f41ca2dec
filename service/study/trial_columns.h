// Trials -> their figures column by column.
#ifndef PICOST_SERVICE_STUDY_TRIAL_COLUMNS_H_
#define PICOST_SERVICE_STUDY_TRIAL_COLUMNS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "proto/picost/v1/studies.pb.h"

namespace picost::service {

class TrialColumnsBuilder {
 public:
  void Add(int64_t number, int64_t create_time_micros, const v1::Trial& trial);
  // Numbers that the answer would hold: every name of a caller's metric is a column.
  size_t cells() const { return columns_.size() * rows_; }
  // Ends the building.
  void Finish(v1::TrialColumns& columns);

 private:
  using Column = std::vector<double>;

  // What the columns of a phase are called.
  struct PhaseNames {
    std::string up, down, flights, critical, compute, half_width, half_width_below, link_half_width,
        link_half_width_below, duplex_up, duplex_down, latency, low, high;
  };

  // Restarts of one phase: what stands in a column's last row.
  struct RestartSlot {
    double idle_seconds = 0;
    int64_t up = 0, down = 0, calls = 0;
    size_t row = 0;  // the last one that it was set in
  };

  void Set(std::string_view name, double value);
  // Most trials of a search share most terms: each goes where the trial before had an
  // equal one, so that columns stay constant and take one number.
  void AddRestarts(std::string_view phase, const v1::PhaseLinkTerms& terms);
  void AddPhase(const PhaseNames& names, std::string_view phase, const v1::PhaseTotals& totals,
                const v1::PhaseLinkTerms& terms);
  int64_t GroupOf(const v1::Trial& trial);
  int64_t TagSetOf(const v1::Trial& trial);

  size_t rows_ = 0;
  int64_t last_number_ = 0;
  std::map<std::string, Column, std::less<>> columns_;
  std::map<std::string, std::vector<RestartSlot>, std::less<>> restart_slots_;
  std::map<std::string, int64_t> group_by_key_;
  std::map<std::string, int64_t> tag_set_by_key_;
  std::vector<v1::TrialGroup> groups_;
  std::vector<v1::TagSet> tag_sets_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_TRIAL_COLUMNS_H_
