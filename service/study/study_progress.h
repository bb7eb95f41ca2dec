// What a study's trials come to, folded one by one: fronts, counts, the best.
#ifndef PICOST_SERVICE_STUDY_STUDY_PROGRESS_H_
#define PICOST_SERVICE_STUDY_STUDY_PROGRESS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "estimator/study/pareto.h"
#include "proto/picost/v1/studies.pb.h"

namespace picost::service {

class StudyProgress {
 public:
  StudyProgress() = default;

  // From Save. Where it cannot be read, from the beginning.
  static StudyProgress Restore(std::string_view saved);
  std::string Save() const;

  // The trial with the next number.
  void Add(const v1::Study& study, const v1::Trial& trial);

  int64_t number() const { return number_; }  // trials folded
  int64_t feasible_count() const { return feasible_count_; }
  const study::ParetoFront& front(bool feasible_only) const {
    return feasible_only ? feasible_ : all_;
  }
  std::optional<double> best_online_seconds() const { return best_online_seconds_; }
  // Of the front; nothing where the study has no reference point.
  std::optional<double> Hypervolume(const v1::Study& study, bool feasible_only) const;

 private:
  int64_t number_ = 0;
  int64_t feasible_count_ = 0;
  study::ParetoFront all_;
  study::ParetoFront feasible_;
  std::optional<double> best_online_seconds_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_STUDY_PROGRESS_H_
