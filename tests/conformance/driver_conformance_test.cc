// Laws of a driver (docs/adding_a_backend.md), run over every driver of the list:
// new ones are picked up from there. `he` runs where TenSEAL is installed
// (tools/setup/he_driver.sh; bazel test --test_env=HOME), else its tests that need
// it are skipped.
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "calibrate/driver.pb.h"
#include "calibrate/driver_json.h"
#include "calibrate/driver_link.h"
#include "calibrate/driver_list.h"
#include "calibrate/driver_pair.h"
#include "calibrate/traffic_check.h"
#include "estimator/primitives/catalog.h"

namespace picost::calibrate {
namespace {

constexpr double kTimeoutSeconds = 60;

// The test stands in another folder than the tool: the list's commands are
// relative to //calibrate.
std::vector<std::string> CommandOf(const DriverEntry& driver) {
  std::vector<std::string> command = driver.command;
  command[0] = "calibrate/" + command[0];
  return command;
}

// A driver that needs more than Debian packages says so when it is asked what it
// is; what can be tested without is tested.
bool IsMissingSomething(const absl::Status& status) { return absl::IsFailedPrecondition(status); }

class DriverConformance : public testing::TestWithParam<DriverEntry> {
 protected:
  std::unique_ptr<DriverLink> Start() {
    auto link = DriverLink::Start(GetParam().name, CommandOf(GetParam()));
    EXPECT_TRUE(link.ok()) << link.status();
    return *std::move(link);
  }
  // pair_, or a reason to skip the test.
  void Open() {
    auto pair = DriverPair::Open(GetParam().name, CommandOf(GetParam()), Parties{});
    if (IsMissingSomething(pair.status())) GTEST_SKIP() << pair.status().message();
    ASSERT_TRUE(pair.ok()) << pair.status();
    pair_ = *std::move(pair);
  }
  std::unique_ptr<DriverPair> pair_;
  static MeasureRequest Example(const Operation& operation) {
    MeasureRequest request;
    request.set_operation(operation.name());
    *request.mutable_parameters() = operation.example_parameters();
    request.set_count(operation.example_count());
    request.set_warm_up(1);
    request.set_repetitions(2);
    request.set_input_seed(3);
    return request;
  }
};

TEST_P(DriverConformance, DescribesItselfAndItsMachine) {
  const auto link = Start();
  DriverRequest request;
  request.mutable_describe();
  const auto reply = link->Call(request, kTimeoutSeconds);
  if (IsMissingSomething(reply.status())) GTEST_SKIP() << reply.status().message();
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->describe().name(), GetParam().name);
  EXPECT_FALSE(reply->describe().version().empty());
  EXPECT_FALSE(reply->describe().security().empty());
  EXPECT_FALSE(reply->describe().license().empty());
  EXPECT_FALSE(reply->describe().machine().processor().empty());
  EXPECT_GE(reply->describe().machine().cores(), 1);
}

TEST_P(DriverConformance, RefusesAnotherVersionOfTheProtocolAndGoesOn) {
  const auto link = Start();
  ASSERT_TRUE(link->SendLine("{\"version\": 99, \"id\": 7, \"describe\": {}}").ok());
  const auto line = link->ReceiveLine(kTimeoutSeconds);
  ASSERT_TRUE(line.ok()) << line.status();
  DriverReply reply;
  ASSERT_TRUE(FromJsonLine(*line, reply).ok()) << *line;
  EXPECT_EQ(reply.id(), 7);
  EXPECT_EQ(reply.error().code(), "unimplemented") << *line;
}

TEST_P(DriverConformance, AnswersMalformedLinesWithAnErrorAndGoesOn) {
  const auto link = Start();
  for (const char* text : {"not JSON", "{\"version\": 1, \"id\": 2}", "[]",
                           "{\"version\": 1, \"id\": 3, \"sing\": {}}"}) {
    ASSERT_TRUE(link->SendLine(text).ok());
    const auto line = link->ReceiveLine(kTimeoutSeconds);
    ASSERT_TRUE(line.ok()) << line.status();
    DriverReply reply;
    ASSERT_TRUE(FromJsonLine(*line, reply).ok()) << *line;
    EXPECT_EQ(reply.error().code(), "invalid_argument") << text << " -> " << *line;
    EXPECT_FALSE(reply.error().message().empty());
  }
  DriverRequest request;
  request.mutable_capabilities();
  EXPECT_TRUE(link->Call(request, kTimeoutSeconds).ok());
}

TEST_P(DriverConformance, MeasuresNothingWithoutTheOtherParty) {
  const auto link = Start();
  DriverRequest request;
  request.mutable_capabilities();
  const auto capabilities = link->Call(request, kTimeoutSeconds);
  ASSERT_TRUE(capabilities.ok()) << capabilities.status();
  *request.mutable_measure() = Example(capabilities->capabilities().operations(0));
  request.mutable_measure()->set_party(MeasureRequest::CLIENT);
  EXPECT_EQ(link->Call(request, kTimeoutSeconds).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_P(DriverConformance, DeclaresOperationsOfTheCatalogueWithParametersInRange) {
  Open();
  if (pair_ == nullptr) return;
  DriverPair* const pair = pair_.get();
  std::set<std::string> names;
  for (const Operation& operation : pair->capabilities().operations()) {
    EXPECT_TRUE(names.insert(operation.name()).second) << operation.name() << " twice";
    EXPECT_FALSE(operation.unit().empty()) << operation.name();
    EXPECT_GE(operation.example_count(), 1) << operation.name();
    for (const std::string& primitive : operation.primitives()) {
      EXPECT_NE(primitives::FindPrimitive(primitive), nullptr) << primitive;
    }
    for (const OperationParameter& parameter : operation.parameters()) {
      EXPECT_FALSE(parameter.meaning().empty()) << operation.name() << " " << parameter.name();
      ASSERT_TRUE(operation.example_parameters().contains(parameter.name()))
          << operation.name() << " " << parameter.name();
      const int64_t example = operation.example_parameters().at(parameter.name());
      EXPECT_GE(example, parameter.minimum()) << operation.name() << " " << parameter.name();
      EXPECT_LE(example, parameter.maximum()) << operation.name() << " " << parameter.name();
    }
  }
  EXPECT_FALSE(names.empty());
  for (const SweepPoint& point : pair->capabilities().sweep()) {
    EXPECT_EQ(names.count(point.operation()), 1u) << point.operation();
    EXPECT_GE(point.count(), 1);
  }
}

TEST_P(DriverConformance, RunsEveryExampleCorrectlyWithBothPartiesInAgreement) {
  Open();
  if (pair_ == nullptr) return;
  DriverPair* const pair = pair_.get();
  for (const Operation& operation : pair->capabilities().operations()) {
    if (operation.primitives().empty()) {  // a probe: its steps enter no table
      const auto replies = pair->MeasureBoth(Example(operation), kTimeoutSeconds);
      ASSERT_TRUE(replies.ok()) << operation.name() << ": " << replies.status();
      EXPECT_EQ(replies->first.repetitions_size(), 2);
      continue;
    }
    const auto samples = pair->Measure(Example(operation), "lo", kTimeoutSeconds);
    ASSERT_TRUE(samples.ok()) << operation.name() << ": " << samples.status();
    EXPECT_FALSE(samples->empty()) << operation.name();
    for (const cost::Sample& sample : *samples) {
      EXPECT_GE(sample.wall.value(), 0) << operation.name();
      EXPECT_LT(sample.wall.value(), kTimeoutSeconds) << operation.name();
    }
  }
}

TEST_P(DriverConformance, TheWireCarriesWhatTheCatalogueDeclares) {
  Open();
  if (pair_ == nullptr) return;
  DriverPair* const pair = pair_.get();
  const auto result = CheckTraffic(*pair);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->failures.empty())
      << result->failures.size()
      << " differ, first: " << (result->failures.empty() ? "" : result->failures[0]);
  for (const Operation& operation : pair->capabilities().operations()) {
    for (const std::string& primitive : operation.primitives()) {
      EXPECT_EQ(result->primitives.count(primitive) + result->local.count(primitive), 1u)
          << primitive << " was not compared";
    }
  }
}

TEST_P(DriverConformance, RefusesParametersOutOfRangeAndUnknownOperationsAndGoesOn) {
  Open();
  if (pair_ == nullptr) return;
  DriverPair* const pair = pair_.get();
  const Operation& operation = pair->capabilities().operations(0);
  MeasureRequest unknown = Example(operation);
  unknown.set_operation("no.such");
  EXPECT_EQ(pair->MeasureBoth(unknown, kTimeoutSeconds).status().code(),
            absl::StatusCode::kNotFound);
  MeasureRequest nothing = Example(operation);
  nothing.set_count(0);
  EXPECT_EQ(pair->MeasureBoth(nothing, kTimeoutSeconds).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (const Operation& candidate : pair->capabilities().operations()) {
    if (candidate.parameters().empty()) continue;
    const OperationParameter& parameter = candidate.parameters(0);
    MeasureRequest missing = Example(candidate);
    missing.mutable_parameters()->erase(parameter.name());
    EXPECT_EQ(pair->MeasureBoth(missing, kTimeoutSeconds).status().code(),
              absl::StatusCode::kInvalidArgument)
        << candidate.name();
    MeasureRequest below = Example(candidate);
    (*below.mutable_parameters())[parameter.name()] = parameter.minimum() - 1;
    EXPECT_EQ(pair->MeasureBoth(below, kTimeoutSeconds).status().code(),
              absl::StatusCode::kInvalidArgument)
        << candidate.name();
  }
  EXPECT_TRUE(pair->MeasureBoth(Example(operation), kTimeoutSeconds).ok());
}

void PrintTo(const DriverEntry& driver, std::ostream* out) { *out << driver.name; }

INSTANTIATE_TEST_SUITE_P(AllDrivers, DriverConformance, testing::ValuesIn(KnownDrivers()),
                         [](const auto& info) {
                           std::string name;
                           for (const char c : info.param.name) {
                             if (c != '-') name += c;
                           }
                           return name;
                         });

TEST(DriverLink, SaysSoWhereAProgramIsMissingOrDies) {
  EXPECT_EQ(DriverLink::Start("x", {"/no/such/program"}).status().code(),
            absl::StatusCode::kNotFound);
  const auto dies = DriverLink::Start("false", {"/bin/false"});
  ASSERT_TRUE(dies.ok());
  DriverRequest request;
  request.mutable_describe();
  EXPECT_EQ((*dies)->Call(request, 10).status().code(), absl::StatusCode::kUnavailable);
  const auto silent = DriverLink::Start("sleep", {"/bin/sleep", "1"});
  ASSERT_TRUE(silent.ok());
  EXPECT_EQ((*silent)->Call(request, 0.05).status().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace picost::calibrate
