// The service Studies over a store in memory, without transport.
#include "service/study/study_service.h"

#include <google/protobuf/text_format.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
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

namespace picost::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class StudyServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file("data/models/minionn_cifar.onnx", std::ios::binary);
    std::stringstream bytes;
    bytes << file.rdbuf();
    v1::CreateModelRequest request;
    request.mutable_graph()->set_onnx(bytes.str());
    v1::Model model;
    ASSERT_TRUE(models_.CreateModel(request, model).ok());
    model_ = model.name();
    v1::ListLayersRequest list;
    list.set_parent(model_);
    v1::ListLayersResponse layers;
    ASSERT_TRUE(models_.ListLayers(list, layers).ok());
    for (const v1::Layer& layer : layers.layers()) {
      if (layer.kind() != "relu") continue;
      relus_.push_back(layer.node());
      elements_.push_back(layer.counts().relu_elements());
    }
    ASSERT_GE(relus_.size(), 2u);
  }

  v1::Study Create(const std::string& id = "s", const std::string& more = "") {
    v1::CreateStudyRequest request;
    request.set_study_id(id);
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        "objectives { metric: 'accuracy' goal: OBJECTIVE_GOAL_MAXIMIZE }"
        "objectives { metric: 'online_seconds' goal: OBJECTIVE_GOAL_MINIMIZE }" +
            more,
        request.mutable_study()));
    v1::Study study;
    const absl::Status status = studies_.CreateStudy(request, study);
    EXPECT_TRUE(status.ok()) << status;
    return study;
  }

  // Keeps a share of all ReLUs.
  v1::AddTrialRequest Request(double share, double accuracy, const std::string& study = "s") {
    v1::AddTrialRequest request;
    request.set_parent("studies/" + study);
    v1::Trial& trial = *request.mutable_trial();
    trial.set_model(model_);
    trial.mutable_protocol()->set_protocol("protocols/cheetah");
    trial.mutable_deployment()->set_name("deployments/lan");
    for (size_t i = 0; i < relus_.size(); ++i) {
      v1::KeepRelus& keep = *trial.add_operations()->mutable_keep_relus();
      keep.set_node(relus_[i]);
      keep.set_count(static_cast<int64_t>(share * static_cast<double>(elements_[i])));
    }
    v1::ReportedMetric& metric = *trial.add_metrics();
    metric.set_metric("accuracy");
    metric.set_value(accuracy);
    return request;
  }

  v1::Trial Add(const v1::AddTrialRequest& request) {
    v1::Trial trial;
    const absl::Status status = studies_.AddTrial(request, trial);
    EXPECT_TRUE(status.ok()) << status;
    return trial;
  }

  v1::ParetoFront Front(bool feasible_only = false) {
    v1::GetParetoFrontRequest request;
    request.set_parent("studies/s");
    request.set_feasible_only(feasible_only);
    v1::ParetoFront front;
    const absl::Status status = studies_.GetParetoFront(request, front);
    EXPECT_TRUE(status.ok()) << status;
    return front;
  }

  MemoryModelStore model_store_;
  MemoryStudyStore store_;
  inline static DataSource data_{"data"};
  GraphLoader loader_{&model_store_, graph::ImportLimits{}, int64_t{1} << 24};
  int64_t now_ = 1'700'000'000'000'000;
  ModelService models_{&model_store_, &loader_, [this] { return now_; }};
  OracleService oracle_{&loader_, &data_};
  EditService edits_{&loader_, &data_, &oracle_};
  StudyService studies_{&store_, &edits_, [this] { return ++now_; }};
  std::string model_;
  std::vector<std::string> relus_;
  std::vector<int64_t> elements_;
};

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

// The arithmetic that LinkTerms documents.
double Latency(const v1::PhaseTotals& totals, const v1::PhaseLinkTerms& terms,
               const v1::NetworkProfile& network) {
  const double up = network.client_to_server_bytes_per_second();
  const double down = network.server_to_client_bytes_per_second();
  double seconds = terms.compute_seconds() +
                   static_cast<double>(totals.client_to_server_bytes()) / up +
                   static_cast<double>(totals.server_to_client_bytes()) / down -
                   std::min(static_cast<double>(terms.duplex_client_to_server_bytes()) / up,
                            static_cast<double>(terms.duplex_server_to_client_bytes()) / down) +
                   static_cast<double>(terms.critical_flights()) *
                       (network.round_trip_seconds() / 2 + network.flight_overhead_seconds());
  for (const v1::OverlapTerm& term : terms.overlaps()) {
    const double transfer = static_cast<double>(term.client_to_server_bytes()) / up +
                            static_cast<double>(term.server_to_client_bytes()) / down;
    seconds -= term.overlap_share() * std::min(term.work_seconds(), transfer);
  }
  if (!network.restarts_after_idle()) return seconds;
  const double round_trip = network.round_trip_seconds();
  const auto slow_start = [&](int64_t bytes, double rate, double idle) {
    double window = idle < 0 ? 0 : rate * round_trip;  // below 0: a new connection
    for (double left = idle; left > round_trip + 0.2 && window > 14480; left -= round_trip + 0.2) {
      window /= 2;
    }
    double waited = 0;
    auto unsent = static_cast<double>(bytes);
    for (window = std::max(window, 14480.0); window < rate * round_trip && unsent > window;
         window *= 2) {
      waited += round_trip - window / rate;
      unsent -= window;
    }
    return waited;
  };
  seconds += slow_start(totals.client_to_server_bytes(), up, -1) +
             slow_start(totals.server_to_client_bytes(), down, -1);
  for (const v1::RestartTerm& term : terms.restarts()) {
    seconds += static_cast<double>(term.call_count()) *
               (slow_start(term.client_to_server_bytes(), up, term.idle_seconds()) +
                slow_start(term.server_to_client_bytes(), down, term.idle_seconds()));
  }
  return seconds;
}

TEST_F(StudyServiceTest, LinkTermsGiveTheLatencyOfOtherLinks) {
  Create();
  const v1::AddTrialRequest request = Request(0.3, 0.9);
  const v1::Trial trial = Add(request);
  EXPECT_GT(trial.link_terms().online().restarts_size(), 0);
  for (const bool restarts : {false, true}) {
    for (const double round_trip : {0.0, 0.01, 0.1}) {
      for (const double bandwidth : {1e6, 1e7, 1e9}) {
        v1::AddTrialRequest moved = request;
        v1::CustomDeployment& custom =
            *moved.mutable_trial()->mutable_deployment()->mutable_custom();
        custom.set_base("deployments/lan");
        v1::NetworkProfile network = trial.link_terms().network();
        network.clear_name();
        network.set_restarts_after_idle(restarts);
        network.set_round_trip_seconds(round_trip);
        network.set_client_to_server_bytes_per_second(bandwidth);
        network.set_server_to_client_bytes_per_second(2 * bandwidth);
        *custom.mutable_network_profile() = network;
        const v1::Trial fresh = Add(moved);
        EXPECT_NEAR(Latency(trial.totals().online(), trial.link_terms().online(), network),
                    fresh.totals().online().latency_seconds().p50(),
                    1e-9 * fresh.totals().online().latency_seconds().p50());
      }
    }
  }
}

TEST_F(StudyServiceTest, LayersAddUpToTheTrial) {
  Create();
  const v1::Trial trial = Add(Request(0.5, 0.9));
  v1::GetTrialLayersRequest request;
  request.set_name(trial.name());
  v1::TrialLayers layers;
  ASSERT_TRUE(studies_.GetTrialLayers(request, layers).ok());
  EXPECT_TRUE(layers.reproduced());
  double online = 0;
  int64_t relus = 0;
  std::set<std::string> with_homomorphic;
  for (const v1::TrialLayer& layer : layers.layers()) {
    const v1::PhaseCauses& causes = layer.online();
    online += causes.homomorphic_seconds() + causes.garbling_and_transfers_seconds() +
              causes.other_compute_seconds() + causes.transfer_seconds() + causes.flight_seconds();
    relus += layer.relu_elements();
    if (causes.homomorphic_seconds() > 0) with_homomorphic.insert(layer.kind());
    if (layer.kind() == "relu") {
      EXPECT_EQ(causes.homomorphic_seconds(), 0);
    }
  }
  // Layers hide transfers behind their own work alone: the sum may be a little more.
  const double total = trial.totals().online().latency_seconds().p50();
  EXPECT_NEAR(online, total, 0.02 * total);
  EXPECT_EQ(relus, trial.totals().relu_elements());
  EXPECT_TRUE(with_homomorphic.contains("conv"));
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

TEST_F(StudyServiceTest, ColumnsHoldTheTrialsFigures) {
  Create();
  v1::AddTrialRequest tagged = Request(0.5, 0.9);
  tagged.mutable_trial()->add_tags("x");
  const v1::Trial trials[] = {Add(tagged), Add(Request(0.25, 0.8)), Add(Request(0, 0.1))};
  v1::GetTrialColumnsRequest request;
  request.set_parent("studies/s");
  v1::TrialColumns columns;
  ASSERT_TRUE(studies_.GetTrialColumns(request, columns).ok());
  ASSERT_EQ(columns.row_count(), 3);
  EXPECT_EQ(columns.last_number(), 3);
  std::map<std::string, std::vector<double>> by_name;
  for (const v1::TrialColumn& column : columns.columns()) {
    std::vector<double> values(column.values().size() / sizeof(double));
    std::memcpy(values.data(), column.values().data(), column.values().size());
    if (values.size() == 1) values.resize(3, values[0]);
    by_name[column.name()] = values;
  }
  for (int i = 0; i < 3; ++i) {
    const v1::Trial& trial = trials[i];
    EXPECT_EQ(by_name["number"][i], i + 1);
    EXPECT_EQ(by_name["metric.accuracy"][i], trial.metrics(0).value());
    EXPECT_EQ(by_name["online_seconds"][i], trial.totals().online().latency_seconds().p50());
    EXPECT_EQ(by_name["high.online_seconds"][i], trial.totals().online().latency_seconds().high());
    EXPECT_EQ(by_name["relu_elements"][i], trial.totals().relu_elements());
    EXPECT_EQ(by_name["online.compute_seconds"][i], trial.link_terms().online().compute_seconds());
    EXPECT_EQ(columns.tag_sets(static_cast<int>(by_name["tag_set"][i])).tags_size(), i == 0);
  }
  request.set_after_number(2);
  columns.Clear();
  ASSERT_TRUE(studies_.GetTrialColumns(request, columns).ok());
  EXPECT_EQ(columns.row_count(), 1);
}

TEST_F(StudyServiceTest, TermsThatTrialsShareAreColumnsOfOneNumber) {
  Create();
  // Layers keep their place though others come and go: of each trial the columns give
  // back its terms, in some order.
  std::vector<v1::Trial> trials;
  for (const double share : {1.0, 0.0, 0.5, 0.75}) trials.push_back(Add(Request(share, 0.9)));
  v1::GetTrialColumnsRequest request;
  request.set_parent("studies/s");
  v1::TrialColumns columns;
  ASSERT_TRUE(studies_.GetTrialColumns(request, columns).ok());
  std::map<std::string, std::string> by_name;
  size_t constant = 0;
  for (const v1::TrialColumn& column : columns.columns()) {
    by_name[column.name()] = column.values();
    constant += column.name().starts_with("online.restart") &&
                column.name().ends_with("idle_seconds") && column.values().size() == sizeof(double);
  }
  EXPECT_GE(constant, 2);  // of the convolutions, which no trial changes
  const auto value = [&](const std::string& name, size_t row) {
    const std::string& bytes = by_name[name];
    double number = 0;
    std::memcpy(&number, bytes.data() + (bytes.size() == sizeof(double) ? 0 : row * sizeof(double)),
                sizeof(number));
    return number;
  };
  for (size_t row = 0; row < trials.size(); ++row) {
    using Term = std::tuple<double, double, double, double>;
    std::multiset<Term> expected;
    std::multiset<Term> found;
    for (const v1::RestartTerm& term : trials[row].link_terms().online().restarts()) {
      expected.emplace(term.idle_seconds(), term.client_to_server_bytes(),
                       term.server_to_client_bytes(), term.call_count());
    }
    for (int i = 0; by_name.count(absl::StrCat("online.restart", i, ".idle_seconds")) > 0; ++i) {
      const std::string prefix = absl::StrCat("online.restart", i, ".");
      if (std::isnan(value(prefix + "idle_seconds", row))) continue;
      found.emplace(
          value(prefix + "idle_seconds", row), value(prefix + "client_to_server_bytes", row),
          value(prefix + "server_to_client_bytes", row), value(prefix + "call_count", row));
    }
    EXPECT_EQ(found, expected) << row;
  }
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
