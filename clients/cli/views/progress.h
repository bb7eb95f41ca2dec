// How far something long is, on one line that is written over.
#ifndef PICOST_CLIENTS_CLI_VIEWS_PROGRESS_H_
#define PICOST_CLIENTS_CLI_VIEWS_PROGRESS_H_

#include <cstddef>
#include <ostream>
#include <string_view>

namespace picost::cli {

// "[######......]  1,048,576 of 4,194,304 bytes"; ends the line when all is done.
void ShowProgress(size_t done, size_t all, std::string_view unit, std::ostream& err);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_PROGRESS_H_
