// "memory", "sqlite:PATH" or "postgresql://..." -> a store of studies.
#ifndef PICOST_SERVICE_STORE_OPEN_STUDY_STORE_H_
#define PICOST_SERVICE_STORE_OPEN_STUDY_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "service/store/study_store.h"

namespace picost::service {

// Of the same address as OpenStore, which is to be opened first and checks it.
absl::StatusOr<std::unique_ptr<StudyStore>> OpenStudyStore(const std::string& address);

}  // namespace picost::service

#endif  // PICOST_SERVICE_STORE_OPEN_STUDY_STORE_H_
