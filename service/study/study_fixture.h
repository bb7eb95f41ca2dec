// What the tests of Studies share: the service over a store in memory, without transport,
// and trials of one small network.
#ifndef PICOST_SERVICE_STUDY_STUDY_FIXTURE_H_
#define PICOST_SERVICE_STUDY_STUDY_FIXTURE_H_

#include <google/protobuf/text_format.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "service/data_source.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/memory_model_store.h"
#include "service/store/memory_study_store.h"
#include "service/study/study_service.h"

namespace picost::service {

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

}  // namespace picost::service

#endif  // PICOST_SERVICE_STUDY_STUDY_FIXTURE_H_
