#include "service/study/study_progress.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "estimator/study/hypervolume.h"
#include "service/study/study_progress.pb.h"
#include "service/study/trial_metrics.h"

namespace picost::service {
namespace {

using Members = google::protobuf::RepeatedPtrField<ProgressMember>;

void SaveFront(const study::ParetoFront& front, Members& to) {
  for (const study::FrontMember& member : front.members()) {
    ProgressMember& out = *to.Add();
    out.set_number(member.id);
    out.mutable_values()->Add(member.values.begin(), member.values.end());
  }
}

void RestoreFront(const Members& from, study::ParetoFront& front) {
  for (const ProgressMember& member : from) {
    front.Insert(member.number(), {member.values().begin(), member.values().end()});
  }
}

}  // namespace

StudyProgress StudyProgress::Restore(std::string_view saved) {
  StudyProgressState state;
  StudyProgress progress;
  if (!state.ParseFromArray(saved.data(), static_cast<int>(saved.size()))) return progress;
  progress.number_ = state.number();
  progress.feasible_count_ = state.feasible_count();
  RestoreFront(state.all(), progress.all_);
  RestoreFront(state.feasible(), progress.feasible_);
  if (state.has_best_online_seconds()) progress.best_online_seconds_ = state.best_online_seconds();
  return progress;
}

std::string StudyProgress::Save() const {
  StudyProgressState state;
  state.set_number(number_);
  state.set_feasible_count(feasible_count_);
  SaveFront(all_, *state.mutable_all());
  SaveFront(feasible_, *state.mutable_feasible());
  if (best_online_seconds_) state.set_best_online_seconds(*best_online_seconds_);
  return state.SerializeAsString();
}

void StudyProgress::Add(const v1::Study& study, const v1::Trial& trial) {
  ++number_;
  const std::optional<std::vector<double>> point = ObjectivePoint(study, trial);
  if (point.has_value()) all_.Insert(number_, *point);
  if (!trial.feasible()) return;
  ++feasible_count_;
  if (point.has_value()) feasible_.Insert(number_, *point);
  const std::optional<double> online = PredictedValue(trial.totals(), "online_seconds");
  if (!online.has_value()) return;
  best_online_seconds_ = std::min(*online, best_online_seconds_.value_or(*online));
}

std::optional<double> StudyProgress::Hypervolume(const v1::Study& study, bool feasible_only) const {
  const std::optional<std::vector<double>> reference = ReferencePoint(study);
  if (!reference.has_value()) return std::nullopt;
  std::vector<study::Point> points;
  for (const study::FrontMember& member : front(feasible_only).members()) {
    points.push_back(member.values);
  }
  // The sweep takes a power of the front's size more for each objective.
  constexpr size_t kMostMembers[] = {0, 1'000'000, 1'000'000, 2'000, 200};
  if (reference->size() >= std::size(kMostMembers) ||
      points.size() > kMostMembers[reference->size()]) {
    return std::nullopt;
  }
  return study::Hypervolume(std::move(points), *reference);
}

}  // namespace picost::service
