#include <cstdint>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "estimator/base/error.h"
#include "estimator/primitives/catalog.h"
#include "estimator/primitives/form_texts.h"
#include "estimator/primitives/primitive.h"
#include "gtest/gtest.h"

namespace picost::primitives {
namespace {

absl::StatusOr<PrimitiveCall> Make(std::string_view id, Parameters parameters, int64_t count) {
  return MakeCall(id, std::move(parameters), count, Phase::kOnline, Executor::kJoint);
}

TEST(Catalog, EverySpecIsComplete) {
  std::set<std::string> ids;
  for (const PrimitiveSpec* spec : AllPrimitives()) {
    SCOPED_TRACE(spec->id);
    EXPECT_TRUE(ids.insert(spec->id).second);
    EXPECT_EQ(FindPrimitive(spec->id), spec);
    EXPECT_FALSE(spec->unit.empty());
    EXPECT_FALSE(spec->citation.empty());
    EXPECT_NE(spec->traffic, nullptr);
    EXPECT_NE(spec->use, nullptr);
    EXPECT_EQ(spec->status == FormStatus::kEmpirical, spec->traffic_relative_bound > 0);
    for (const ParameterSpec& parameter : spec->parameters) {
      EXPECT_FALSE(parameter.meaning.empty()) << parameter.name;
      EXPECT_LE(parameter.minimum, parameter.maximum) << parameter.name;
    }
    for (const UsageSpec& item : spec->usage) EXPECT_FALSE(item.meaning.empty()) << item.name;
  }
}

TEST(Catalog, MembersOfACostGroupHaveTheSameWorkItems) {
  for (const PrimitiveSpec* a : AllPrimitives()) {
    for (const PrimitiveSpec* b : AllPrimitives()) {
      if (a->cost_group.empty() || a->cost_group != b->cost_group) continue;
      ASSERT_EQ(a->usage.size(), b->usage.size()) << a->id << " " << b->id;
      for (size_t i = 0; i < a->usage.size(); ++i) EXPECT_EQ(a->usage[i].name, b->usage[i].name);
    }
  }
}

TEST(Catalog, TrafficAndWorkNeverFallAsTheCountRises) {
  for (const FormText& text : FormTexts()) {
    SCOPED_TRACE(text.id);
    PrimitiveCall previous;
    for (int64_t count : {0, 1, 7, 8, 9, 255, 257, 4096, 8193, 16384, 16385, 100000}) {
      const auto call = Make(text.id, text.example, count);
      ASSERT_TRUE(call.ok()) << call.status();
      ASSERT_EQ(call->usage.size(), call->spec->usage.size());
      EXPECT_GE(call->traffic.client_to_server, previous.traffic.client_to_server) << count;
      EXPECT_GE(call->traffic.server_to_client, previous.traffic.server_to_client) << count;
      EXPECT_GE(call->traffic.flights, previous.traffic.flights) << count;
      EXPECT_LE(call->critical_flights, call->traffic.flights) << count;
      for (size_t i = 0; i < previous.usage.size(); ++i) {
        EXPECT_GE(call->usage[i], previous.usage[i]) << count;
      }
      previous = *call;
    }
  }
}

// Sizes that a stranger may ask for: an answer or a refusal, never a wrap-around.
TEST(Catalog, ParametersAtTheirLimitsGiveAnAnswerOrARefusal) {
  for (const FormText& text : FormTexts()) {
    for (const ParameterSpec& parameter : FindPrimitive(text.id)->parameters) {
      for (int64_t value : {parameter.minimum, parameter.maximum}) {
        for (int64_t count : {int64_t{1}, int64_t{1} << 40, int64_t{1} << 62}) {
          Parameters parameters = text.example;
          parameters.Set(parameter.name, value);
          const auto call = Make(text.id, parameters, count);
          if (!call.ok()) {
            EXPECT_EQ(call.status().code(), absl::StatusCode::kResourceExhausted) << text.id;
            continue;
          }
          EXPECT_GE(call->traffic.client_to_server.value(), 0) << text.id;
          EXPECT_GE(call->traffic.server_to_client.value(), 0) << text.id;
          for (int64_t items : call->usage) EXPECT_GE(items, 0) << text.id;
        }
      }
    }
  }
}

TEST(MakeCall, NothingCostsNothing) {
  const auto call = Make("cheetah.relu", {{"ring_bits", 37}, {"ignored_bits", 12}}, 0);
  ASSERT_TRUE(call.ok());
  EXPECT_EQ(call->traffic, Traffic{});
  for (int64_t items : call->usage) EXPECT_EQ(items, 0);
}

TEST(MakeCall, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Make("nobody", {}, 1).status().code(), absl::StatusCode::kNotFound);
  const Parameters good = {{"ring_bits", 37}, {"truncated_bits", 12}};
  EXPECT_TRUE(Make("cheetah.trunc", good, 1).ok());
  EXPECT_EQ(Make("cheetah.trunc", good, -1).status().code(), absl::StatusCode::kInvalidArgument);

  const auto missing = Make("cheetah.trunc", {{"ring_bits", 37}}, 1).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorSite(missing).field, "truncated_bits");

  Parameters odd = good;
  odd.Set("color", 1);
  EXPECT_EQ(GetErrorSite(Make("cheetah.trunc", odd, 1).status()).field, "color");

  const auto wide = Make("cheetah.trunc", {{"ring_bits", 65}, {"truncated_bits", 12}}, 1).status();
  EXPECT_EQ(wide.code(), absl::StatusCode::kInvalidArgument);
  const std::string message(wide.message());
  EXPECT_NE(message.find("ring_bits = 65"), std::string::npos) << message;
  EXPECT_NE(message.find("[16, 64]"), std::string::npos) << message;
}

}  // namespace
}  // namespace picost::primitives
