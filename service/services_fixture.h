// What the tests of Models, CostOracle and Catalog share: the services over a store in
// memory, without transport.
#ifndef PICOST_SERVICE_SERVICES_FIXTURE_H_
#define PICOST_SERVICE_SERVICES_FIXTURE_H_

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/status/status.h"
#include "estimator/graph/onnx_import.h"
#include "gtest/gtest.h"
#include "proto/picost/v1/models.pb.h"
#include "proto/picost/v1/question.pb.h"
#include "service/catalog_service.h"
#include "service/data_source.h"
#include "service/graph_loader.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/memory_model_store.h"

namespace picost::service {

inline std::string ReadModel(const std::string& name) {
  std::ifstream file("data/models/" + name + ".onnx", std::ios::binary);
  EXPECT_TRUE(file.good()) << name;
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

class ServicesTest : public ::testing::Test {
 protected:
  v1::Model Create(const std::string& file, const std::string& display_name = "") {
    v1::CreateModelRequest request;
    request.mutable_graph()->set_onnx(ReadModel(file));
    request.set_display_name(display_name);
    v1::Model model;
    const absl::Status status = models_.CreateModel(request, model);
    EXPECT_TRUE(status.ok()) << status;
    return model;
  }

  v1::EstimateRequest EstimateOf(const std::string& model) {
    v1::EstimateRequest request;
    request.mutable_graph()->set_model(model);
    request.mutable_protocol()->set_protocol("protocols/delphi");
    request.mutable_deployment()->set_name("deployments/lan");
    return request;
  }

  int64_t now_ = 1'700'000'000'000'001;
  MemoryModelStore store_;
  // Shared by all tests: fits are made once.
  inline static DataSource data_{"data"};
  GraphLoader loader_{&store_, graph::ImportLimits{}, int64_t{1} << 20};
  ModelService models_{&store_, &loader_, [this] { return now_; }};
  OracleService oracle_{&loader_, &data_};
  CatalogService catalog_{&data_};
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_SERVICES_FIXTURE_H_
