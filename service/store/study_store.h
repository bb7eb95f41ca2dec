// Where studies and their trials live.
//
// The store knows nothing of what trials say: bodies are opaque to it. Trials of a
// study are numbered from 1 without gaps in the order in which they become visible,
// so that whoever read up to number n misses nothing by going on behind n, also where
// several daemons share the store. Every read is one range of an index.
// Implementations are safe to use from many threads; a call that returned OK has been
// kept, as ModelStore says, but in a SQLite file the last trials may be lost with the
// machine's power (never with the process): waiting for the disk would take longer
// than everything else.
//
// Laws: study_store_suite.h runs them over every implementation.
#ifndef PICOST_SERVICE_STORE_STUDY_STORE_H_
#define PICOST_SERVICE_STORE_STUDY_STORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace picost::service {

struct StudyRecord {
  std::string id;
  int64_t create_time_micros = 0;  // since the Unix epoch
  std::string etag;
  std::string body;
  int64_t trial_count = 0;      // kept by the store
  std::string progress;         // what was saved last; not in listings
  int64_t progress_number = 0;  // trials that it speaks of

  friend bool operator==(const StudyRecord&, const StudyRecord&) = default;
};

struct NewTrial {
  int64_t create_time_micros = 0;
  std::string request_id;  // empty: none
  std::vector<std::string> tags;
  std::string body;
};

struct TrialRecord {
  int64_t number = 0;
  int64_t create_time_micros = 0;
  std::string body;

  friend bool operator==(const TrialRecord&, const TrialRecord&) = default;
};

struct TrialQuery {
  std::string study;
  std::string etag;          // empty: any; else kAborted where the study's differs
  int64_t after_number = 0;  // exclusive
  std::string tag;           // empty: any
  int64_t limit = 0;         // >= 1
};

class StudyStore {
 public:
  virtual ~StudyStore() = default;

  // kAlreadyExists where there is one of this id.
  virtual absl::Status Insert(const StudyRecord& record) = 0;
  // kNotFound where there is none, here and below.
  virtual absl::StatusOr<StudyRecord> Get(std::string_view id) = 0;
  // Ordered by id, behind after_id.
  virtual absl::StatusOr<std::vector<StudyRecord>> List(std::string_view after_id,
                                                        int64_t limit) = 0;
  // With all trials. etag empty: any. kAborted where etags differ.
  virtual absl::Status Delete(std::string_view id, std::string_view etag) = 0;

  // All or none, in order; the numbers given. A trial whose request_id is known is not
  // added again: its number is that of the first. A study that was deleted and created
  // again has another etag: what was made for the one is not added to the other
  // (kAborted); etag empty: any.
  virtual absl::StatusOr<std::vector<int64_t>> AddTrials(std::string_view study,
                                                         std::string_view etag,
                                                         const std::vector<NewTrial>& trials) = 0;
  virtual absl::StatusOr<TrialRecord> GetTrial(std::string_view study, int64_t number) = 0;
  // Ordered by number.
  virtual absl::StatusOr<std::vector<TrialRecord>> ListTrials(const TrialQuery& query) = 0;

  // Remembers what was made of the first `number` trials; an older memory than the
  // kept one is dropped. etag: as in AddTrials.
  virtual absl::Status SaveProgress(std::string_view study, std::string_view etag,
                                    std::string_view progress, int64_t number) = 0;
};

// What every implementation says.
absl::Status StudyNotFound(std::string_view id);
absl::Status StudyExists(std::string_view id);
absl::Status StudyEtagDiffers(std::string_view id, std::string_view given, std::string_view kept);
absl::Status TrialNotFound(std::string_view study, int64_t number);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_STUDY_STORE_H_
