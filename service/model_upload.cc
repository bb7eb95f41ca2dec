#include "service/model_upload.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "service/error_reason.h"
#include "service/validate.h"

namespace picost::service {
namespace {

absl::Status Invalid(std::string what, std::string_view field, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.field = std::string(field), .mend = std::move(mend)});
}

}  // namespace

absl::Status ModelUpload::Add(const v1::UploadModelRequest& request) {
  switch (request.part_case()) {
    case v1::UploadModelRequest::kHeader:
      if (has_header_) {
        return Invalid("a second header in an upload", "header",
                       "Send one header, then chunks alone; one model per call.");
      }
      PICOST_RETURN_IF_ERROR(Validate(request.header()));
      header_ = request.header();
      has_header_ = true;
      return absl::OkStatus();
    case v1::UploadModelRequest::kChunk:
      break;
    case v1::UploadModelRequest::PART_NOT_SET:
      return Invalid("a message of an upload holds neither a header nor a chunk", "part",
                     "Set one of them.");
  }
  if (!has_header_) {
    return Invalid("an upload begins with a chunk", "header",
                   "Send a header first; an empty one will do.");
  }
  if (absl::Status status = stream_.Add(request.chunk()); !status.ok()) {
    return WithReason(std::move(status), kModelRefused);
  }
  if (header_.total_bytes() > 0 && stream_.bytes() > header_.total_bytes()) {
    return Invalid(absl::StrCat("the upload goes on behind its ", header_.total_bytes(), " bytes"),
                   "header.total_bytes", "Set the size of the file, or 0 where it is not known.");
  }
  return absl::OkStatus();
}

absl::Status ModelUpload::Finish(v1::Model& response) {
  if (!has_header_) {
    return Invalid("an upload without a header", "header",
                   "Send a header, then the file in chunks.");
  }
  if (stream_.bytes() < header_.total_bytes()) {
    return Invalid(absl::StrCat("the upload ended after ", stream_.bytes(), " of ",
                                header_.total_bytes(), " bytes"),
                   "chunk", "Send all of the file; nothing was created.");
  }
  auto file = stream_.Finish();
  if (!file.ok()) return WithReason(file.status(), kModelRefused);
  v1::CreateModelRequest request;
  *request.mutable_graph() = std::move(*header_.mutable_graph());
  request.mutable_graph()->set_onnx(*std::move(file));
  request.set_display_name(header_.display_name());
  request.set_validate_only(header_.validate_only());
  return models_->CreateModel(request, response);
}

}  // namespace picost::service
