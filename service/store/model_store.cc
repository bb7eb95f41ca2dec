#include "service/store/model_store.h"

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"

namespace picost::service {

absl::Status ModelNotFound(std::string_view id) {
  return MakeError(absl::StatusCode::kNotFound,
                   absl::StrCat("there is no model models/", std::string(id)),
                   {.field = "name", .mend = "Create it, or list the models that there are."});
}

absl::Status ModelEtagDiffers(std::string_view id, std::string_view given, std::string_view kept) {
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat("models/", std::string(id), " has etag ", std::string(kept),
                                ", not ", std::string(given)),
                   {.field = "etag", .mend = "Get the model again and decide anew."});
}

}  // namespace picost::service
