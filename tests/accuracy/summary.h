// Sums over scores that both the report and the tests state.
#ifndef PICOST_TESTS_ACCURACY_SUMMARY_H_
#define PICOST_TESTS_ACCURACY_SUMMARY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/accuracy/scoring.h"

namespace picost::accuracy {

// Shapes of at least this many elements are held to the bounds.
inline constexpr int64_t kScoredElements = 1024;

struct ClassSummary {
  std::string name;  // "convolutions", "other linear layers", "nonlinear operators"
  std::string backend;
  int64_t shapes = 0;
  double mean_absolute_error = 0;
  double median_standard_error = 0;  // mean over shapes, relative
  double bound = 0;                  // of the class
  double Limit() const {             // the bound or 1.25 standard errors
    return std::max(bound, 1.25 * median_standard_error);
  }
};
// By backend and class, whole-protocol backends only.
std::vector<ClassSummary> SummariseClasses(const std::vector<Score>& shapes);

struct Coverage {
  int64_t inside = 0;
  int64_t rows = 0;
  double Share() const { return static_cast<double>(inside) / static_cast<double>(rows); }
  // 95 % Wilson interval of the share.
  double Low() const;
  double High() const;
};
// By "backend operation" and by "backend network".
std::map<std::string, Coverage> SummariseCoverage(const std::vector<Score>& scores);

struct Order {
  int64_t pairs = 0;    // whose difference exceeds twice the spread
  int64_t correct = 0;  // of these, ordered as measured; equal predictions order nothing
  // Of the pairs: equal operations at different places of a network, which are
  // predicted to take the same time and were measured to differ.
  int64_t equal = 0;
};
// Pairs of one backend and link: runs among themselves, layers of one operation. The
// spread of a pair is the standard deviation of the difference of its repetitions; a
// score with one repetition is given the median relative spread of its operation, or
// of all operations where none was repeated.
Order OrderOf(const std::vector<Score>& scores);

}  // namespace picost::accuracy

#endif  // PICOST_TESTS_ACCURACY_SUMMARY_H_
