// docs/accuracy.md, written from the scores.
#ifndef PICOST_TESTS_ACCURACY_REPORT_H_
#define PICOST_TESTS_ACCURACY_REPORT_H_

#include <string>

namespace picost::accuracy {

// The whole page. Deterministic: the same bytes with every compiler.
std::string AccuracyReport(const std::string& data_path);

}  // namespace picost::accuracy

#endif  // PICOST_TESTS_ACCURACY_REPORT_H_
