// The candidates of a sweep: a CSV or JSON lines in, edits out.
//
//   {"id": "a", "kept": {"/Relu": 4096}, "operations": [{"removeActivation": {"node": "/r2"}}]}
//
// "id" defaults to the line's number; "operations" are picost.v1.EditOperation as JSON.
// As CSV, the first line names "id" (optional) and activations, the others give counts
// of kept elements; an empty cell leaves the activation as it is.
#ifndef PICOST_CLIENTS_CLI_CANDIDATES_H_
#define PICOST_CLIENTS_CLI_CANDIDATES_H_

#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/failure.h"
#include "proto/picost/v1/edits.pb.h"

namespace picost::cli {

struct Candidate {
  std::string id;
  v1::Edit edit;
};

// `name` of the file, for errors, which name line and mistake; a name that ends in ".csv"
// says that it is one. Ids that stand twice are an error.
Result<std::vector<Candidate>> ReadCandidates(const std::string& name, std::istream& file);

// Cells of one line of a CSV; quoted ones may hold commas and doubled quotes.
std::vector<std::string> CsvCells(std::string_view line);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_CANDIDATES_H_
