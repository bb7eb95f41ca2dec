// What the page is given of trials: terms of their links, layers, columns.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/data_source.h"
#include "service/model_service.h"
#include "service/oracle_service.h"
#include "service/store/memory_model_store.h"
#include "service/store/memory_study_store.h"
#include "service/study/study_fixture.h"
#include "service/study/trial_columns.h"

namespace picost::service {
namespace {

using TrialFiguresTest = StudyServiceTest;

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

TEST_F(TrialFiguresTest, LinkTermsGiveTheLatencyOfOtherLinks) {
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

TEST_F(TrialFiguresTest, LayersAddUpToTheTrial) {
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

TEST_F(TrialFiguresTest, ColumnsHoldTheTrialsFigures) {
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
    const v1::PhaseLinkTerms& terms = trial.link_terms().online();
    EXPECT_EQ(by_name["online.compute_seconds"][i], terms.compute_seconds());
    EXPECT_EQ(by_name["online.compute_half_width_seconds"][i], terms.compute_half_width_seconds());
    EXPECT_EQ(by_name["online.compute_half_width_below_seconds"][i],
              terms.compute_half_width_below_seconds());
    EXPECT_EQ(by_name["online.link_half_width_seconds"][i], terms.link_half_width_seconds());
    EXPECT_EQ(by_name["online.link_half_width_below_seconds"][i],
              terms.link_half_width_below_seconds());
    EXPECT_TRUE(terms.has_compute_half_width_below_seconds());
    EXPECT_TRUE(terms.has_link_half_width_below_seconds());
    EXPECT_EQ(columns.tag_sets(static_cast<int>(by_name["tag_set"][i])).tags_size(), i == 0);
  }
  request.set_after_number(2);
  columns.Clear();
  ASSERT_TRUE(studies_.GetTrialColumns(request, columns).ok());
  EXPECT_EQ(columns.row_count(), 1);
}

// The second trial's lower end is at its point: that is no missing half.
TEST(TrialColumns, TheOneHalfOfAnOlderTrialStandsForBothEnds) {
  TrialColumnsBuilder builder;
  v1::Trial older, newer;
  v1::PhaseLinkTerms& terms = *older.mutable_link_terms()->mutable_online();
  terms.set_compute_half_width_seconds(2);
  terms.set_link_half_width_seconds(1);
  newer = older;
  newer.mutable_link_terms()->mutable_online()->set_compute_half_width_below_seconds(0);
  newer.mutable_link_terms()->mutable_online()->set_link_half_width_below_seconds(0);
  builder.Add(1, 0, older);
  builder.Add(2, 0, newer);
  v1::TrialColumns columns;
  builder.Finish(columns);
  int checked = 0;
  for (const v1::TrialColumn& column : columns.columns()) {
    const bool compute = column.name() == "online.compute_half_width_below_seconds";
    if (!compute && column.name() != "online.link_half_width_below_seconds") continue;
    ++checked;
    double values[2];
    ASSERT_EQ(column.values().size(), sizeof(values));
    std::memcpy(values, column.values().data(), sizeof(values));
    EXPECT_EQ(values[0], compute ? 2 : 1) << column.name();
    EXPECT_EQ(values[1], 0) << column.name();
  }
  EXPECT_EQ(checked, 2);
}

TEST_F(TrialFiguresTest, TermsThatTrialsShareAreColumnsOfOneNumber) {
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

}  // namespace
}  // namespace picost::service
