// Numbers for people.
#ifndef PICOST_CLIENTS_CLI_VIEWS_NUMBERS_H_
#define PICOST_CLIENTS_CLI_VIEWS_NUMBERS_H_

#include <cstdint>
#include <string>

namespace picost::cli {

std::string WithSeparators(int64_t number);      // 1,234,567
std::string HumanSeconds(double seconds);        // "1.23 s", "45.6 ms", "2 h 5 min"
std::string HumanBytes(int64_t bytes);           // "1.23 GB", powers of 1000
std::string HumanRate(double bytes_per_second);  // "40.6 MB/s"
// The shortest text that reads back as the same number: for CSV.
std::string ExactNumber(double number);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_NUMBERS_H_
