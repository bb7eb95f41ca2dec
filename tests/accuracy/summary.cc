#include "tests/accuracy/summary.h"

#include <algorithm>
#include <cmath>

namespace picost::accuracy {
namespace {

constexpr double kZ = 1.959963984540054;

double Wilson(const Coverage& c, double sign) {
  const auto n = static_cast<double>(c.rows);
  const double p = c.Share();
  const double center = p + kZ * kZ / (2 * n);
  const double half = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
  return (center + sign * half) / (1 + kZ * kZ / n);
}

// Class of an operation by its name; empty for set-ups and extensions.
const char* ClassOf(const std::string& operation) {
  const std::string name = operation.substr(operation.find('.') + 1);
  if (name == "conv") return "convolutions";
  if (name == "fc" || name == "bn" || name == "ewmul_he") return "other linear layers";
  for (const char* nonlinear : {"relu", "relu_trunc", "trunc", "maxpool", "avgpool", "argmax"}) {
    if (name == nonlinear) return "nonlinear operators";
  }
  return "";
}

}  // namespace

double Coverage::Low() const { return Wilson(*this, -1); }
double Coverage::High() const { return Wilson(*this, 1); }

std::vector<ClassSummary> SummariseClasses(const std::vector<Score>& shapes) {
  const std::map<std::string, double> bounds = {
      {"convolutions", 0.06}, {"nonlinear operators", 0.10}, {"other linear layers", 0.09}};
  std::map<std::pair<std::string, std::string>, std::vector<const Score*>> classes;
  for (const Score& score : shapes) {
    const std::string name = ClassOf(score.operation);
    if (!name.empty() && score.elements >= kScoredElements) {
      classes[{score.backend, name}].push_back(&score);
    }
  }
  std::vector<ClassSummary> summaries;
  for (const auto& [key, scores] : classes) {
    ClassSummary summary{.name = key.second,
                         .backend = key.first,
                         .shapes = static_cast<int64_t>(scores.size()),
                         .bound = bounds.at(key.second)};
    for (const Score* score : scores) {
      summary.mean_absolute_error += std::abs(score->Error());
      summary.median_standard_error += score->MedianStandardError() / score->median;
    }
    summary.mean_absolute_error /= static_cast<double>(scores.size());
    summary.median_standard_error /= static_cast<double>(scores.size());
    summaries.push_back(summary);
  }
  return summaries;
}

std::map<std::string, Coverage> SummariseCoverage(const std::vector<Score>& scores) {
  std::map<std::string, Coverage> groups;
  for (const Score& score : scores) {
    for (const std::string& group : {score.operation, score.backend + " over " + score.network}) {
      Coverage& coverage = groups[group];
      coverage.inside += score.Inside();
      coverage.rows += static_cast<int64_t>(score.measured.size());
    }
  }
  return groups;
}

Order OrderOf(const std::vector<Score>& scores) {
  std::map<std::string, std::vector<double>> relative;  // by operation; "": all
  for (const Score& score : scores) {
    if (score.measured.size() < 2) continue;
    relative[score.backend + score.operation].push_back(score.spread / score.median);
    relative[""].push_back(score.spread / score.median);
  }
  const auto variance = [&](const Score& score) {
    if (score.measured.size() > 1) return score.spread * score.spread;
    const auto known = relative.find(score.backend + score.operation);
    const double share = Median(known != relative.end() ? known->second : relative[""]);
    return share * score.median * share * score.median;
  };
  Order order;
  for (size_t i = 0; i < scores.size(); ++i) {
    for (size_t j = i + 1; j < scores.size(); ++j) {
      const Score& a = scores[i];
      const Score& b = scores[j];
      if (a.backend != b.backend || a.network != b.network || a.operation != b.operation) continue;
      if (std::abs(a.median - b.median) <= 2 * std::sqrt(variance(a) + variance(b))) continue;
      ++order.pairs;
      if (a.predicted == b.predicted) {
        ++order.equal;
      } else {
        order.correct += (a.median < b.median) == (a.predicted < b.predicted) ? 1 : 0;
      }
    }
  }
  return order;
}

}  // namespace picost::accuracy
