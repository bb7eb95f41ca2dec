// Non-negative least squares: min |A x - b|, x >= 0.
//
// The active-set method of C. Lawson and R. Hanson, Solving Least Squares
// Problems (1974), chapter 23, on columns scaled to unit length. Deterministic:
// ties go to the column with the lowest index, sums run in a fixed order and
// nothing is vectorised, so that every compiler gives the same bits.
#ifndef PICOST_ESTIMATOR_COST_NNLS_H_
#define PICOST_ESTIMATOR_COST_NNLS_H_

#include <vector>

namespace picost::cost {

struct NnlsSolution {
  std::vector<double> x;
  // Inverse of the Gram matrix of the columns with x > 0; zero elsewhere. Times
  // the residual variance it is the covariance of x, given the active set.
  std::vector<std::vector<double>> inverse_gram;
  double residual_sum_of_squares = 0;
  int positive_count = 0;
};

// rows: A by rows, all of the same length; b has as many entries as A rows.
NnlsSolution SolveNnls(const std::vector<std::vector<double>>& rows, const std::vector<double>& b);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_NNLS_H_
