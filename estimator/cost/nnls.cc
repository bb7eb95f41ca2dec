#include "estimator/cost/nnls.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

// Scalar code in a fixed order: the same bits with every compiler.
#define EIGEN_DONT_VECTORIZE
#define EIGEN_DONT_PARALLELIZE
#include <eigen3/Eigen/Dense>

namespace picost::cost {
namespace {

// Least squares on the columns in `passive`, zeros elsewhere.
Eigen::VectorXd SolvePassive(const Eigen::MatrixXd& a, const Eigen::VectorXd& b,
                             const std::vector<int>& passive) {
  Eigen::MatrixXd part(a.rows(), passive.size());
  for (size_t j = 0; j < passive.size(); ++j) part.col(j) = a.col(passive[j]);
  const Eigen::VectorXd solution = part.colPivHouseholderQr().solve(b);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  for (size_t j = 0; j < passive.size(); ++j) x[passive[j]] = solution[j];
  return x;
}

}  // namespace

NnlsSolution SolveNnls(const std::vector<std::vector<double>>& rows, const std::vector<double>& b) {
  NnlsSolution result;
  const int m = static_cast<int>(rows.size());
  const int n = m == 0 ? 0 : static_cast<int>(rows[0].size());
  Eigen::MatrixXd a(m, n);
  Eigen::VectorXd target(m);
  for (int i = 0; i < m; ++i) {
    target[i] = b[i];
    for (int j = 0; j < n; ++j) a(i, j) = rows[i][j];
  }
  std::vector<double> scale(n, 1.0);
  for (int j = 0; j < n; ++j) {
    const double length = std::sqrt(a.col(j).squaredNorm());
    if (length > 0) {
      scale[j] = length;
      a.col(j) /= length;
    }
  }

  // Columns enter where they lower the residual; they leave where the free
  // solution would make them negative. The tolerance is on unit columns.
  const double tolerance = 1e-10 * std::max(1.0, std::sqrt(target.squaredNorm()));
  std::vector<bool> in(n, false);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(n);
  const auto passive_columns = [&] {
    std::vector<int> columns;
    for (int j = 0; j < n; ++j) {
      if (in[j]) columns.push_back(j);
    }
    return columns;
  };
  for (int outer = 0; outer < 3 * n + 3; ++outer) {
    const Eigen::VectorXd gradient = a.transpose() * (target - a * x);
    int entering = -1;
    for (int j = 0; j < n; ++j) {
      if (!in[j] && gradient[j] > tolerance && (entering < 0 || gradient[j] > gradient[entering])) {
        entering = j;
      }
    }
    if (entering < 0) break;
    in[entering] = true;
    for (int inner = 0; inner <= n; ++inner) {
      const Eigen::VectorXd free = SolvePassive(a, target, passive_columns());
      double step = 1.0;
      for (int j = 0; j < n; ++j) {
        if (in[j] && free[j] <= 0) step = std::min(step, x[j] / (x[j] - free[j]));
      }
      if (step >= 1.0) {
        x = free;
        break;
      }
      x += step * (free - x);
      for (int j = 0; j < n; ++j) {
        if (in[j] && x[j] <= 1e-14) {
          in[j] = false;
          x[j] = 0;
        }
      }
      if (!in[entering] && inner == 0) break;  // no progress: the column is redundant
    }
  }

  const std::vector<int> passive = passive_columns();
  result.positive_count = static_cast<int>(passive.size());
  result.residual_sum_of_squares = (target - a * x).squaredNorm();
  result.x.assign(n, 0.0);
  for (int j = 0; j < n; ++j) result.x[j] = x[j] / scale[j];
  result.inverse_gram.assign(n, std::vector<double>(n, 0.0));
  if (!passive.empty()) {
    Eigen::MatrixXd part(m, passive.size());
    for (size_t j = 0; j < passive.size(); ++j) part.col(j) = a.col(passive[j]);
    // The pseudo-inverse of the part's triangular factor stays finite where
    // columns are nearly dependent.
    const Eigen::MatrixXd gram = part.transpose() * part;
    const Eigen::MatrixXd inverse =
        gram.ldlt().solve(Eigen::MatrixXd::Identity(gram.rows(), gram.cols()));
    for (size_t i = 0; i < passive.size(); ++i) {
      for (size_t j = 0; j < passive.size(); ++j) {
        result.inverse_gram[passive[i]][passive[j]] =
            0.5 * (inverse(i, j) + inverse(j, i)) / (scale[passive[i]] * scale[passive[j]]);
      }
    }
  }
  return result;
}

}  // namespace picost::cost
