// Solved budgets against an integer-programming solver (GLPK) that knows nothing of
// knapsacks, on the real costs of a ResNet-50: 49 layers x 64 levels, refills included.
//
//   maximize  sum of value[l,c] x[l,c]
//   sum over c of x[l,c] = 1                                              each layer l
//   base + sum of cost[l,c] x[l,c] + sum of refill[p] n[p] <= budget
//   draws[p] + sum of draws[l,c,p] x[l,c] + 1 <= yield[p] (n[p] + 1)      each pool p
//   x in {0, 1}, n integer
#include <glpk.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/cost/data_directory.h"
#include "estimator/estimator.h"
#include "estimator/graph/graph.h"
#include "estimator/graph/onnx_import.h"
#include "estimator/whatif/cost_table.h"
#include "estimator/whatif/metric.h"
#include "estimator/whatif/session.h"
#include "estimator/whatif/solve_budget.h"

namespace picost::whatif {
namespace {

struct Case {
  const char* name;
  const char* model;
  const char* protocol;
  Metric metric;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }

std::unique_ptr<EditSession> SessionOf(const Case& one) {
  static const auto* const data = new absl::StatusOr<std::shared_ptr<const cost::DataDirectory>>(
      cost::DataDirectory::Load("data"));
  if (!data->ok()) {
    ADD_FAILURE() << data->status();
    return nullptr;
  }
  std::ifstream file(std::string("data/models/") + one.model, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  auto graph = graph::ImportOnnx(bytes, {});
  if (!graph.ok()) {
    ADD_FAILURE() << graph.status();
    return nullptr;
  }
  auto session = EditSession::Create(std::make_shared<const graph::Graph>(*std::move(graph)),
                                     {.id = one.protocol}, *(**data)->FindDeployment("lan"));
  if (!session.ok()) {
    ADD_FAILURE() << session.status();
    return nullptr;
  }
  return *std::move(session);
}

// A sparse row of GLPK's matrix.
struct Row {
  std::vector<int> columns = {0};  // from 1 on, as GLPK counts
  std::vector<double> values = {0};
  void Add(int column, double value) {
    if (value == 0) return;
    columns.push_back(column);
    values.push_back(value);
  }
};

// What GLPK finds, and what it proves that no allocation exceeds. It stops within 0.05 % or
// after five seconds, proven or not.
struct Optimum {
  double found = 0;
  double bound = 0;
  bool proven() const { return bound <= found * 1.001; }
};

Optimum Solve(const CostTable& table, const std::vector<ValuedLayer>& layers, Metric metric,
              double budget) {
  const size_t m = static_cast<size_t>(metric);
  glp_prob* const problem = glp_create_prob();
  glp_set_obj_dir(problem, GLP_MAX);
  const auto add_row = [&](const Row& row, int type, double low, double high) {
    const int at = glp_add_rows(problem, 1);
    glp_set_row_bnds(problem, at, type, low, high);
    glp_set_mat_row(problem, at, static_cast<int>(row.columns.size()) - 1, row.columns.data(),
                    row.values.data());
  };
  Row cost;
  std::vector<Row> draws(table.pools.size());
  double base = table.base[m];
  for (size_t l = 0; l < layers.size(); ++l) {
    Row one;
    // Above the cheapest choice: GLPK's tolerance is relative to the row's numbers.
    const double least =
        std::min_element(table.layers[l].choices.begin(), table.layers[l].choices.end(),
                         [m](const auto& a, const auto& b) { return a.cost[m] < b.cost[m]; })
            ->cost[m];
    base += least;
    for (size_t c = 0; c < layers[l].choices.size(); ++c) {
      const int column = glp_add_cols(problem, 1);
      glp_set_col_kind(problem, column, GLP_BV);
      glp_set_obj_coef(problem, column, layers[l].choices[c].value);
      one.Add(column, 1);
      cost.Add(column, table.layers[l].choices[c].cost[m] - least);
      for (size_t p = 0; p < draws.size(); ++p) {
        draws[p].Add(column, static_cast<double>(table.layers[l].choices[c].draws[p]) /
                                 static_cast<double>(table.pools[p].yield));
      }
    }
    add_row(one, GLP_FX, 1, 1);
  }
  for (size_t p = 0; p < draws.size(); ++p) {
    const TablePool& pool = table.pools[p];
    const auto yield = static_cast<double>(pool.yield);
    const int column = glp_add_cols(problem, 1);
    glp_set_col_kind(problem, column, GLP_IV);
    glp_set_col_bnds(problem, column, GLP_LO, 0, 0);
    cost.Add(column, pool.refill[m]);
    base -= static_cast<double>(pool.base_draws / pool.yield) * pool.refill[m];
    draws[p].Add(column, -1);
    // Filled once, whatever is chosen: its counter is too large for GLPK's tolerance.
    if (pool.yield > int64_t{1} << 53) {
      const auto always = static_cast<double>(pool.base_draws / pool.yield);
      glp_set_col_bnds(problem, column, GLP_FX, always, always);
      continue;
    }
    const auto refilled = static_cast<double>(pool.base_draws / pool.yield);
    const auto rest = static_cast<double>(pool.base_draws % pool.yield + 1);
    add_row(draws[p], GLP_UP, 0, 1 - refilled - rest / yield);
  }
  for (double& value : cost.values) value /= budget - base;
  add_row(cost, GLP_UP, 0, 1);
  glp_smcp simplex;
  glp_init_smcp(&simplex);
  simplex.msg_lev = GLP_MSG_OFF;
  EXPECT_EQ(glp_simplex(problem, &simplex), 0);
  Optimum optimum{.bound = glp_get_obj_val(problem)};  // of the linear program
  glp_iocp options;
  glp_init_iocp(&options);
  options.msg_lev = GLP_MSG_OFF;
  options.mip_gap = 5e-4;
  options.tm_lim = 5'000;
  options.cb_info = &optimum.bound;
  options.cb_func = [](glp_tree* tree, void* info) {
    const int best = glp_ios_best_node(tree);
    if (best != 0) *static_cast<double*>(info) = glp_ios_node_bound(tree, best);
  };
  const int code = glp_intopt(problem, &options);
  optimum.found = glp_mip_obj_val(problem);
  if (code == 0 && glp_mip_status(problem) == GLP_OPT) optimum.bound = optimum.found;
  glp_delete_prob(problem);
  return optimum;
}

class BudgetOptimumTest : public testing::TestWithParam<Case> {};

TEST_P(BudgetOptimumTest, IsWithinHalfAPercent) {
  const Case& one = GetParam();
  const auto session = SessionOf(one);
  ASSERT_NE(session, nullptr);
  const std::vector<ValuedLayer> layers = ValueByCount(*session, 64);
  auto solver = BudgetSolver::Create(session.get(), layers);
  ASSERT_TRUE(solver.ok()) << solver.status();
  const size_t m = static_cast<size_t>(one.metric);
  const double least = solver->LeastCost(one.metric);
  const double base = solver->table().base[m];
  // Apart from rounding, nothing interacts here, so that GLPK's costs are the fresh ones.
  ASSERT_LE(solver->table().error[m], 1e-8 * base);
  int proven = 0;
  for (const double share : {0.15, 0.4, 0.75}) {
    SCOPED_TRACE(share);
    const double budget = least + share * (base - least);
    const auto answer = solver->Solve(one.metric, budget);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_LE(answer->cost, budget);
    const Optimum optimum = Solve(solver->table(), layers, one.metric, budget);
    EXPECT_GE(answer->value, 0.995 * (optimum.proven() ? optimum.bound : optimum.found));
    proven += optimum.proven() ? 1 : 0;
    EXPECT_LE(answer->value, optimum.bound * (1 + 1e-6)) << "GLPK was asked another question";
    EXPECT_GE(answer->value_bound, optimum.found * (1 - 1e-6)) << "the bound is none";
    RecordProperty("value_over_optimum", std::to_string(answer->value / optimum.bound));
  }
  EXPECT_GE(proven, 1) << "GLPK proved no optimum";
}

INSTANTIATE_TEST_SUITE_P(
    Networks, BudgetOptimumTest,
    testing::Values(
        Case{"ResNet50Cheetah", "resnet50_224.onnx", "cheetah", Metric::kOnlineSeconds},
        Case{"ResNet50Cryptflow2", "resnet50_224.onnx", "cryptflow2-he", Metric::kOnlineSeconds},
        Case{"ResNet18Delphi", "resnet18_cifar.onnx", "delphi", Metric::kOnlineSeconds},
        Case{"ResNet18CheetahBytes", "resnet18_cifar.onnx", "cheetah", Metric::kOnlineBytes}),
    [](const testing::TestParamInfo<Case>& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace picost::whatif
