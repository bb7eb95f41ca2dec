// The service Studies over a store in memory, without transport.
#include "service/study/study_service.h"

#include <google/protobuf/text_format.h>

#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/data_source.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/memory_model_store.h"
#include "service/store/memory_study_store.h"
#include "service/study/progress_cache.h"
#include "service/study/study_fixture.h"

namespace picost::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(StudyServiceTest, AStudyIsCreatedOnce) {
  const v1::Study first = Create("s", "display_name: 'mine'");
  EXPECT_EQ(first.name(), "studies/s");
  EXPECT_EQ(Create("s", "display_name: 'mine'").SerializeAsString(), first.SerializeAsString());
  v1::CreateStudyRequest other;
  other.set_study_id("s");
  *other.mutable_study() = first;
  other.mutable_study()->set_display_name("other");
  v1::Study study;
  EXPECT_EQ(studies_.CreateStudy(other, study).code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(StudyServiceTest, ATrialsEstimateIsThatOfEvaluateEdits) {
  Create();
  const v1::AddTrialRequest request = Request(0.5, 0.9);
  const v1::Trial trial = Add(request);
  EXPECT_EQ(trial.name(), "studies/s/trials/1");
  v1::EvaluateEditsRequest evaluate;
  evaluate.mutable_graph()->set_model(model_);
  *evaluate.mutable_protocol() = request.trial().protocol();
  *evaluate.mutable_deployment() = request.trial().deployment();
  *evaluate.add_edits()->mutable_operations() = request.trial().operations();
  v1::EvaluateEditsResponse response;
  ASSERT_TRUE(edits_.EvaluateEdits(evaluate, response).ok());
  EXPECT_EQ(trial.totals().SerializeAsString(), response.results(0).totals().SerializeAsString());
  v1::GetTrialRequest get;
  get.set_name(trial.name());
  v1::Trial again;
  ASSERT_TRUE(studies_.GetTrial(get, again).ok());
  EXPECT_EQ(again.SerializeAsString(), trial.SerializeAsString());
}

// Between reading a study and folding its trials, another of the same name may have
// taken its place: neither answers nor what the store remembers may mix the two.
TEST_F(StudyServiceTest, ProgressOfADeletedStudyIsNotItsSuccessors) {
  class Store : public MemoryStudyStore {
   public:
    absl::Status SaveProgress(std::string_view study, std::string_view etag,
                              std::string_view progress, int64_t number) override {
      if (before_save) std::exchange(before_save, nullptr)();
      saved.push_back(MemoryStudyStore::SaveProgress(study, etag, progress, number));
      return saved.back();
    }
    std::function<void()> before_save;
    std::vector<absl::Status> saved;
  };
  Store store;
  const auto insert = [&store](const std::string& etag) {
    ASSERT_TRUE(store.Insert({.id = "s", .etag = etag}).ok());
  };
  v1::Study first;
  first.set_etag("1");
  insert("1");
  ASSERT_TRUE(store.AddTrials("s", "1", std::vector<NewTrial>(1500)).ok());
  store.before_save = [&] {
    ASSERT_TRUE(store.Delete("s", "").ok());
    insert("2");
  };
  ProgressCache cache(&store);
  EXPECT_EQ(cache.Get("s", first)->number(), 1500) << "as it was when it was asked for";
  ASSERT_EQ(store.saved.size(), 1u);
  EXPECT_EQ(store.saved[0].code(), absl::StatusCode::kAborted);
  EXPECT_EQ(store.Get("s")->progress, "");
  EXPECT_EQ(cache.Get("s", first).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ProgressCache(&store).Get("s", first).status().code(), absl::StatusCode::kAborted);
  v1::Study second;
  second.set_etag("2");
  EXPECT_EQ(cache.Get("s", second)->number(), 0);
}

TEST_F(StudyServiceTest, AWatchDoesNotGoOnInASuccessor) {
  Create();
  Add(Request(1, 0.9));
  StudyService::TrialCursor cursor{.study_id = "s"};
  v1::WatchTrialsResponse trials;
  ASSERT_TRUE(studies_.NextTrials(cursor, trials).ok());
  EXPECT_EQ(trials.trials_size(), 1);
  v1::DeleteStudyRequest request;
  request.set_name("studies/s");
  ASSERT_TRUE(studies_.DeleteStudy(request).ok());
  EXPECT_EQ(studies_.NextTrials(cursor, trials).code(), absl::StatusCode::kNotFound);
  Create();
  EXPECT_EQ(studies_.NextTrials(cursor, trials).code(), absl::StatusCode::kAborted);
}

TEST_F(StudyServiceTest, WhatACallerSaysOfCostIsIgnored) {
  Create();
  v1::AddTrialRequest request = Request(1, 0.9);
  request.mutable_trial()->mutable_totals()->set_relu_elements(1);
  request.mutable_trial()->set_feasible(false);
  const v1::Trial trial = Add(request);
  EXPECT_GT(trial.totals().relu_elements(), 1000);
  EXPECT_TRUE(trial.feasible());
}

TEST_F(StudyServiceTest, FrontAndVolumeEqualTheirDefinition) {
  Create("s", "budgets { online_seconds: 3 }");
  std::mt19937 random(3);
  struct One {
    double accuracy, seconds;
  };
  std::vector<One> all;
  for (int i = 0; i < 60; ++i) {
    const double share = (random() % 100) / 100.0;
    const double accuracy = 0.5 + 0.4 * share + (random() % 100) / 1000.0;
    const v1::Trial trial = Add(Request(share, accuracy));
    all.push_back({accuracy, trial.totals().online().latency_seconds().p50()});
    EXPECT_EQ(trial.feasible(), all.back().seconds <= 3);
  }
  std::set<std::string> expected;
  for (size_t i = 0; i < all.size(); ++i) {
    bool beaten = false;
    for (size_t j = 0; j < all.size(); ++j) {
      const bool nowhere_worse =
          all[j].accuracy >= all[i].accuracy && all[j].seconds <= all[i].seconds;
      const bool better = all[j].accuracy > all[i].accuracy || all[j].seconds < all[i].seconds;
      beaten |= nowhere_worse && (better || j < i);
    }
    if (!beaten) expected.insert(absl::StrCat("studies/s/trials/", i + 1));
  }
  const v1::ParetoFront front = Front();
  std::set<std::string> found;
  // A Riemann sum over accuracies is another way to the area.
  double volume = 0;
  const int kSlices = 20'000;
  for (const v1::FrontPoint& point : front.points()) found.insert(point.trial());
  EXPECT_EQ(found, expected);
  for (int slice = 0; slice < kSlices; ++slice) {
    const double accuracy = (slice + 0.5) / kSlices;
    double least = 3;
    for (const One& one : all) {
      if (one.accuracy > accuracy) least = std::min(least, one.seconds);
    }
    volume += (3 - least) / kSlices;
  }
  EXPECT_THAT(front.reference_values(), ElementsAre(0, 3));
  EXPECT_NEAR(front.hypervolume(), volume, 1e-3);
  EXPECT_EQ(front.trial_count(), 60);
  const v1::ParetoFront feasible = Front(/*feasible_only=*/true);
  for (const v1::FrontPoint& point : feasible.points()) {
    EXPECT_LE(point.objective_values(1), 3);
  }
}

TEST_F(StudyServiceTest, WithoutAReferenceThereIsNoVolume) {
  Create();
  Add(Request(1, 0.9));
  EXPECT_FALSE(Front().has_hypervolume());
  EXPECT_EQ(Front().points_size(), 1);
}

TEST_F(StudyServiceTest, ATrialThatLacksAnObjectiveStandsNowhere) {
  Create();
  v1::AddTrialRequest request = Request(1, 0.9);
  request.mutable_trial()->clear_metrics();
  Add(request);
  EXPECT_EQ(Front().points_size(), 0);
  EXPECT_EQ(Front().trial_count(), 1);
}

TEST_F(StudyServiceTest, ProgressSurvivesARestart) {
  Create();
  v1::BatchAddTrialsRequest batch;
  batch.set_parent("studies/s");
  for (int i = 0; i < 1000; ++i) *batch.add_requests() = Request(i % 7 / 7.0, i / 1000.0);
  v1::BatchAddTrialsResponse response;
  ASSERT_TRUE(studies_.BatchAddTrials(batch, response).ok());
  EXPECT_EQ(response.trials(999).name(), "studies/s/trials/1000");
  const v1::ParetoFront before = Front();
  EXPECT_EQ(store_.Get("s")->progress_number, 1000);
  StudyService restarted(&store_, &edits_, [this] { return ++now_; });
  v1::GetParetoFrontRequest request;
  request.set_parent("studies/s");
  v1::ParetoFront after;
  ASSERT_TRUE(restarted.GetParetoFront(request, after).ok());
  EXPECT_EQ(after.SerializeAsString(), before.SerializeAsString());
}

TEST_F(StudyServiceTest, PagesGoThroughAllTrials) {
  Create();
  for (int i = 0; i < 5; ++i) Add(Request(0.5, 0.1 * i));
  v1::ListTrialsRequest request;
  request.set_parent("studies/s");
  request.set_page_size(2);
  std::vector<std::string> names;
  do {
    v1::ListTrialsResponse response;
    ASSERT_TRUE(studies_.ListTrials(request, response).ok());
    for (const v1::Trial& trial : response.trials()) names.push_back(trial.name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(names.size(), 5u);
  EXPECT_EQ(names[4], "studies/s/trials/5");
}

TEST_F(StudyServiceTest, ARequestIdAnswersTheFirstTrial) {
  Create();
  v1::AddTrialRequest request = Request(0.5, 0.9);
  request.set_request_id("r");
  const v1::Trial first = Add(request);
  request.mutable_trial()->mutable_metrics(0)->set_value(0.1);
  EXPECT_EQ(Add(request).SerializeAsString(), first.SerializeAsString());
}

TEST_F(StudyServiceTest, ABatchIsKeptWholeOrNotAtAll) {
  Create();
  v1::BatchAddTrialsRequest batch;
  batch.set_parent("studies/s");
  *batch.add_requests() = Request(0.5, 0.9);
  *batch.add_requests() = Request(0.5, 0.9);
  batch.mutable_requests(1)->mutable_trial()->mutable_operations(0)->mutable_keep_relus()->set_node(
      "nowhere");
  v1::BatchAddTrialsResponse response;
  const absl::Status status = studies_.BatchAddTrials(batch, response);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
  EXPECT_THAT(GetErrorSite(status).field, HasSubstr("requests[1].trial"));
  EXPECT_EQ(store_.Get("s")->trial_count, 0);
}

struct Wrong {
  const char* change;  // text of a v1::Trial merged into a good one
  const char* field;
};

TEST_F(StudyServiceTest, WrongTrialsAreRefusedByField) {
  Create("s", absl::StrCat("models: '", model_, "' deployments: 'deployments/lan'"));
  const std::string unknown = "models/" + std::string(64, '0');
  const std::string other_model = absl::StrCat("model: '", unknown, "'");
  const Wrong cases[] = {
      {"model: 'x'", "trial.model"},
      {other_model.c_str(), "trial.model"},
      {"protocol { protocol: 'x' }", "trial.protocol.protocol"},
      {"deployment { name: 'deployments/wan' }", "trial.deployment"},
      {"metrics { metric: 'accuracy' value: 1 }", "trial.metrics[1].metric"},
      {"metrics { metric: 'online_seconds' value: 1 }", "trial.metrics[1].metric"},
      {"metrics { metric: '<b>' value: 1 }", "trial.metrics[1].metric"},
      {"metrics { metric: 'loss' value: nan }", "trial.metrics[1].value"},
      {"metrics { metric: 'loss' value: inf }", "trial.metrics[1].value"},
      {"tags: ''", "trial.tags[0]"},
      {"tags: 'a' tags: 'a'", "trial.tags[1]"},
      {"tags: 'a\\nb'", "trial.tags[0]"},
      {"parent_trial: 'studies/other/trials/1'", "trial.parent_trial"},
      {"parent_trial: 'studies/s/trials/01'", "trial.parent_trial"},
      {"operations { }", "trial.operations[0]"},
  };
  for (const Wrong& wrong : cases) {
    v1::AddTrialRequest request = Request(0.5, 0.9);
    request.mutable_trial()->clear_operations();
    v1::Trial change;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(wrong.change, &change));
    request.mutable_trial()->MergeFrom(change);
    v1::Trial trial;
    const absl::Status status = studies_.AddTrial(request, trial);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << wrong.change << ": " << status;
    EXPECT_EQ(GetErrorSite(status).field, wrong.field) << wrong.change;
  }
}

TEST_F(StudyServiceTest, WrongStudiesAreRefusedByField) {
  const Wrong cases[] = {
      {"", "study.objectives"},
      {"objectives { metric: 'a' }", "study.objectives[0].goal"},
      {"objectives { metric: '' goal: OBJECTIVE_GOAL_MINIMIZE }", "study.objectives[0].metric"},
      {"objectives { metric: 'a' goal: OBJECTIVE_GOAL_MINIMIZE reference: nan }",
       "study.objectives[0].reference"},
      {"objectives { metric: 'a' goal: OBJECTIVE_GOAL_MINIMIZE } budgets { }", "study.budgets[0]"},
      {"objectives { metric: 'a' goal: OBJECTIVE_GOAL_MINIMIZE } budgets { online_seconds: -1 }",
       "study.budgets[0].online_seconds"},
      {"objectives { metric: 'a' goal: OBJECTIVE_GOAL_MINIMIZE } models: 'm'", "study.models[0]"},
      {"objectives { metric: 'a' goal: OBJECTIVE_GOAL_MINIMIZE } deployments: 'lan'",
       "study.deployments[0]"},
  };
  for (const Wrong& wrong : cases) {
    v1::CreateStudyRequest request;
    request.set_study_id("s");
    ASSERT_TRUE(
        google::protobuf::TextFormat::ParseFromString(wrong.change, request.mutable_study()));
    v1::Study study;
    const absl::Status status = studies_.CreateStudy(request, study);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << wrong.change;
    EXPECT_EQ(GetErrorSite(status).field, wrong.field) << wrong.change;
  }
  for (const char* id : {"", "A", "1a", "a/b", "a b"}) {
    v1::CreateStudyRequest request;
    request.set_study_id(id);
    v1::Study study;
    EXPECT_EQ(GetErrorSite(studies_.CreateStudy(request, study)).field, "study_id") << id;
  }
}

TEST_F(StudyServiceTest, AParentMustBeThere) {
  Create();
  v1::AddTrialRequest request = Request(0.5, 0.9);
  request.mutable_trial()->set_parent_trial("studies/s/trials/1");
  v1::Trial trial;
  EXPECT_EQ(studies_.AddTrial(request, trial).code(), absl::StatusCode::kNotFound);
  Add(Request(1, 0.9));
  EXPECT_TRUE(studies_.AddTrial(request, trial).ok());
}

TEST_F(StudyServiceTest, DeletedStudiesTakeTheirFrontAlong) {
  Create();
  Add(Request(1, 0.9));
  EXPECT_EQ(Front().points_size(), 1);
  v1::DeleteStudyRequest request;
  request.set_name("studies/s");
  request.set_etag("wrong");
  EXPECT_EQ(studies_.DeleteStudy(request).code(), absl::StatusCode::kAborted);
  request.clear_etag();
  EXPECT_TRUE(studies_.DeleteStudy(request).ok());
  EXPECT_EQ(studies_.DeleteStudy(request).code(), absl::StatusCode::kNotFound);
  request.set_allow_missing(true);
  EXPECT_TRUE(studies_.DeleteStudy(request).ok());
  Create();
  EXPECT_EQ(Front().points_size(), 0);
}

}  // namespace
}  // namespace picost::service
