#include <cstdio>
#include <map>

#include "estimator/cost/data_directory.h"
#include "tests/accuracy/scoring.h"
using namespace picost;
using namespace picost::accuracy;
int main() {
  auto data = *cost::DataDirectory::Load("data");
  for (auto& t : data->tables()) {
    for (auto& g : t.model->groups()) {
      if (g.spec->family == primitives::Family::kWholeProtocol &&
          g.executor == primitives::Executor::kServer)
        continue;
      printf("%s %s shapes %zu res %.3f rep %.3f ovl %.2f factor %.2f (%ld scores%s) coef", t.name.c_str(),
             g.key.c_str(), g.shapes.size(), g.residual_relative_stddev,
             g.repetition_relative_stddev, g.overlap, g.conformal_factor, (long)g.score_count,
             g.interval_claimed ? "" : " unclaimed");
      for (double c : g.coefficients) printf(" %.3g", c);
      printf("\n");
    }
    std::map<std::string, std::vector<Score>> by;
    std::map<std::string, int> all;
    for (auto& s : ScoreShapes(*t.model)) {
      all[s.operation]++;
      if (s.elements >= 1024 || t.name != "cheetah") by[s.operation].push_back(s);
    }
    for (auto& [op, v] : by) {
      double se = 0;
      long in = 0, n = 0;
      for (auto& s : v) {
        se += s.MedianStandardError() / s.median;
        in += s.Inside();
        n += s.measured.size();
      }
      printf("   LOSO %s %zu/%d shapes MAPE %.1f%% median %.1f%% SE %.1f%% inside %ld/%ld\n",
             op.c_str(), v.size(), all[op], 100 * MeanAbsoluteError(v), 100 * MedianError(v),
             100 * se / v.size(), in, n);
    }
  }
  auto r = ScoreRuns("data");
  for (auto& s : r.networks)
    printf(
        "%s %s %s measured %.3f +- %.3f (%zu) predicted %.3f [%.3f %.3f] err %+.1f%% inside %ld "
        "bytes up %+.3f%% dn %+.3f%% flights %ld vs %ld\n",
        s.backend.c_str(), s.run.c_str(), s.network.c_str(), s.median, s.spread, s.measured.size(),
        s.predicted, s.interval.low, s.interval.high, 100 * s.Error(), (long)s.Inside(),
        100 * ((double)s.planned.client_to_server.value() / s.metered.client_to_server.value() - 1),
        100 * ((double)s.planned.server_to_client.value() / s.metered.server_to_client.value() - 1),
        (long)s.planned.flights.value(), (long)s.metered.flights.value());
  printf("MAPE %.2f%% median %.2f%%\n", 100 * MeanAbsoluteError(r.networks),
         100 * MedianError(r.networks));
  std::map<std::string, std::pair<long, long>> c;
  for (auto& s : r.layers) {
    for (auto k : {s.backend + " " + s.operation, s.backend + " " + s.operation + " " + s.network,
                   s.backend + " " + s.network, s.backend}) {
      c[k].first += s.Inside();
      c[k].second += s.measured.size();
    }
  }
  for (auto& [k, v] : c)
    printf("  cover %s %ld/%ld %.1f%%\n", k.c_str(), v.first, v.second, 100.0 * v.first / v.second);
}
