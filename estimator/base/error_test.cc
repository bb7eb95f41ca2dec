#include "estimator/base/error.h"

#include <gtest/gtest.h>

#include "absl/status/status.h"

namespace picost {
namespace {

TEST(ErrorTest, MessageSaysWhatWhereAndHowToMend) {
  const absl::Status status =
      MakeError(absl::StatusCode::kUnimplemented, "operator is not known",
                {.node = "conv_1", .op = "ai.onnx.Foo", .opset = "13", .mend = "Remove it."});
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(status.message(),
            "operator is not known (node 'conv_1', operator ai.onnx.Foo, opset 13). Remove it.");
}

TEST(ErrorTest, SiteSurvivesTheRoundTrip) {
  const ErrorSite site = GetErrorSite(MakeError(absl::StatusCode::kInvalidArgument, "bad",
                                                {.field = "model.dims", .mend = "Bind N."}));
  EXPECT_EQ(site.field, "model.dims");
  EXPECT_EQ(site.mend, "Bind N.");
  EXPECT_TRUE(site.node.empty());
}

}  // namespace
}  // namespace picost
