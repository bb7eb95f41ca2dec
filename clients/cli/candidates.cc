#include "clients/cli/candidates.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/edit_json.h"

namespace picost::cli {
namespace {

namespace pb = google::protobuf;

// What is wrong; nothing where the line is a candidate.
std::optional<std::string> ReadJson(const std::string& line, Candidate& candidate) {
  pb::Struct object;
  if (const auto status = pb::util::JsonStringToMessage(line, &object); !status.ok()) {
    return absl::StrCat("no JSON object: ", std::string(status.message()));
  }
  std::optional<std::string> wrong;
  for (const auto& [name, value] : Sorted(object)) {
    if (name == "id" && value.has_string_value()) {
      candidate.id = value.string_value();
    } else if (name == "id" && value.has_number_value()) {
      candidate.id = absl::StrCat(value.number_value());
    } else if (!ReadEditField(name, value, candidate.edit, wrong)) {
      return absl::StrCat("'", name,
                          "' is not id (text or number), kept (object) or operations "
                          "(list)");
    }
    if (wrong.has_value()) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> ReadRow(const std::vector<std::string>& header,
                                   const std::vector<std::string>& cells, Candidate& candidate) {
  if (cells.size() != header.size()) {
    return absl::StrCat(cells.size(), " cells under ", header.size(), " names");
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    if (header[i] == "id") {
      if (!cells[i].empty()) candidate.id = cells[i];
      continue;
    }
    if (cells[i].empty()) continue;
    int64_t count = 0;
    if (!absl::SimpleAtoi(cells[i], &count) || count < 0) {
      return absl::StrCat("'", header[i], "' keeps '", cells[i],
                          "', which is no count of elements");
    }
    Keep(header[i], count, candidate.edit);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> CsvCells(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back().push_back(line[++i]);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back().push_back(c);
    }
  }
  return cells;
}

Result<std::vector<Candidate>> ReadCandidates(const std::string& name, std::istream& file) {
  const bool csv = name.size() > 4 && name.substr(name.size() - 4) == ".csv";
  std::vector<Candidate> candidates;
  std::vector<std::string> header;
  std::set<std::string> ids;
  std::string line;
  for (int64_t number = 1; std::getline(file, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    if (csv && header.empty()) {
      header = CsvCells(line);
      continue;
    }
    Candidate candidate{.id = absl::StrCat(number), .edit = {}};
    std::optional<std::string> wrong =
        csv ? ReadRow(header, CsvCells(line), candidate) : ReadJson(line, candidate);
    if (!wrong.has_value() && !ids.insert(candidate.id).second) {
      wrong = absl::StrCat("the id '", candidate.id, "' stands twice");
    }
    if (wrong.has_value()) return BadArgument(absl::StrCat(name, ":", number, ": ", *wrong));
    candidates.push_back(std::move(candidate));
  }
  if (candidates.empty()) return BadArgument(absl::StrCat(name, " holds no candidate"));
  return candidates;
}

}  // namespace picost::cli
