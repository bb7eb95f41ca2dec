// The service Studies without its transport.
#ifndef PICOST_SERVICE_STUDY_STUDY_SERVICE_H_
#define PICOST_SERVICE_STUDY_STUDY_SERVICE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/picost/v1/studies.pb.h"
#include "service/edit_service.h"
#include "service/store/study_store.h"
#include "service/study/progress_cache.h"

namespace picost::service {

class StudyService {
 public:
  // All outlive the service. now: microseconds since the Unix epoch.
  StudyService(StudyStore* store, EditService* edits, std::function<int64_t()> now)
      : store_(store), edits_(edits), now_(std::move(now)), progress_(store) {}

  absl::Status CreateStudy(const v1::CreateStudyRequest& request, v1::Study& response);
  absl::Status GetStudy(const v1::GetStudyRequest& request, v1::Study& response);
  absl::Status ListStudies(const v1::ListStudiesRequest& request,
                           v1::ListStudiesResponse& response);
  absl::Status DeleteStudy(const v1::DeleteStudyRequest& request);
  absl::Status AddTrial(const v1::AddTrialRequest& request, v1::Trial& response);
  absl::Status BatchAddTrials(const v1::BatchAddTrialsRequest& request,
                              v1::BatchAddTrialsResponse& response);
  absl::Status GetTrial(const v1::GetTrialRequest& request, v1::Trial& response);
  absl::Status ListTrials(const v1::ListTrialsRequest& request, v1::ListTrialsResponse& response);
  absl::Status GetTrialColumns(const v1::GetTrialColumnsRequest& request,
                               v1::TrialColumns& response);
  absl::Status GetTrialLayers(const v1::GetTrialLayersRequest& request, v1::TrialLayers& response);
  absl::Status GetParetoFront(const v1::GetParetoFrontRequest& request, v1::ParetoFront& response);

  // Where a stream of one study's trials stands.
  struct TrialCursor {
    std::string study_id;
    int64_t after = 0;
    std::string etag = {};  // filled with the first trials: not those of a successor follow
  };
  // The next trials, none where there are no new ones yet. Moves `cursor`.
  absl::Status NextTrials(TrialCursor& cursor, v1::WatchTrialsResponse& response);

  // What metrics say of one study.
  struct Summary {
    v1::Study study;
    StudyProgress progress;
  };
  absl::StatusOr<Summary> Summarize(const std::string& study_id);

 private:
  absl::StatusOr<v1::Study> Load(const std::string& id);
  // Checks and estimates; what the store keeps.
  absl::StatusOr<NewTrial> Prepare(const v1::AddTrialRequest& request, const v1::Study& study,
                                   const std::string& study_id, const std::string& field);
  absl::Status Add(const std::string& study_id,
                   const std::vector<const v1::AddTrialRequest*>& requests, bool batch,
                   const std::function<v1::Trial*()>& next);

  StudyStore* const store_;
  EditService* const edits_;
  const std::function<int64_t()> now_;
  ProgressCache progress_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_STUDY_SERVICE_H_
