#include "calibrate/report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>

#include "calibrate/traffic_check.h"
#include "estimator/cost/data_directory.h"
#include "estimator/primitives/primitive.h"

namespace picost::calibrate {
namespace {

cost::Sample Garbled(int64_t and_gates, int64_t count, double seconds) {
  cost::Sample sample;
  sample.primitive = "gc.evaluate";
  sample.parameters = {{"and_gates", and_gates}, {"garbler_is_client", 0}, {"returned_bits", 32}};
  sample.count = count;
  sample.executor = primitives::Executor::kClient;
  sample.network = "lo";
  sample.wall = Seconds(seconds);
  sample.cpu = Seconds(-1);
  sample.traffic = {Bytes(4 * count), Bytes(0), Flights(1)};
  sample.traffic_known = true;
  return sample;
}

// 1 us a circuit and `ns` nanoseconds an AND gate.
std::shared_ptr<const cost::CostModel> Model(double ns) {
  cost::CalibrationTable table;
  table.title = "made up";
  table.id = std::string(64, 'a');
  for (const int64_t gates : {45, 93, 242}) {
    for (const int64_t count : {256, 1024, 4096}) {
      const double n = static_cast<double>(count);
      table.samples.push_back(
          Garbled(gates, count, n * 1e-6 + n * static_cast<double>(gates) * ns * 1e-9));
    }
  }
  auto model = cost::CostModel::Fit(std::make_shared<const cost::CalibrationTable>(table));
  EXPECT_TRUE(model.ok()) << model.status();
  return *model;
}

TEST(LeaveOneOut, PredictsExactDataExactlyAndMarksTheEdges) {
  const auto model = Model(30);
  ASSERT_EQ(model->groups().size(), 1u);
  const auto held_out = LeaveOneOut(model->groups()[0]);
  ASSERT_EQ(held_out.size(), 9u);
  int at_the_edge = 0;
  for (const HeldOut& shape : held_out) {
    EXPECT_NEAR(shape.relative_error, 0, 1e-9) << shape.shape;
    EXPECT_GE(shape.tolerance, 0.05);
    at_the_edge += shape.extrapolated ? 1 : 0;
  }
  EXPECT_EQ(at_the_edge, 2);  // the fewest and the most gates
}

// What a full run promises of its own machine, on the tables that came of one.
TEST(LeaveOneOut, OfTheShippedRunsIsWithinTheSpread) {
  const auto data = cost::DataDirectory::Load("data");
  ASSERT_TRUE(data.ok()) << data.status();
  for (const char* name : {"pi-ref-epyc-zen4", "seal-tenseal-epyc-zen4"}) {
    int all = 0, within = 0;
    for (const cost::FitGroup& group : (*data)->FindTable(name)->groups()) {
      for (const HeldOut& shape : LeaveOneOut(group)) {
        ++all;
        within += std::abs(shape.relative_error) <= shape.tolerance ? 1 : 0;
      }
    }
    EXPECT_GE(all, 72) << name;
    EXPECT_GE(within, 0.95 * all) << name;
  }
}

TEST(Diff, SaysByHowMuchEachFitChanged) {
  const std::string text = DiffText(*Model(30), *Model(60));
  EXPECT_NE(text.find("gc.evaluate|client|"), std::string::npos) << text;
  // All but the 1 us of a circuit doubled: 3.70 / 2.35 us at 45 gates, 15.52 / 8.26 at 242.
  EXPECT_NE(text.find("(1.574 to 1.879 over 9 shapes)"), std::string::npos) << text;
}

TEST(Report, NamesTheUnitCosts) {
  const std::string text = ReportText(*Model(30));
  EXPECT_NE(text.find("30 ns"), std::string::npos) << text;
  EXPECT_NE(text.find("1 us"), std::string::npos) << text;
  EXPECT_NE(text.find("7 of 7 within"), std::string::npos) << text;
}

TEST(TrafficDifference, IsEmptyForWhatTheCatalogueDeclaresAndToldOtherwise) {
  cost::Sample sample = Garbled(93, 1024, 1);
  ASSERT_EQ(TrafficDifference(sample).value(), "");
  sample.traffic.client_to_server += Bytes(1);
  EXPECT_NE(TrafficDifference(sample)->find("metered 4097 B up"), std::string::npos);
  sample.traffic.client_to_server -= Bytes(1);
  sample.traffic.flights += Flights(1);
  EXPECT_NE(TrafficDifference(sample)->find("2 flights"), std::string::npos);
  sample.primitive = "no.such";
  EXPECT_FALSE(TrafficDifference(sample).ok());
}

}  // namespace
}  // namespace picost::calibrate
