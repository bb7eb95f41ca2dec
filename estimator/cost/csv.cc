#include "estimator/cost/csv.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"

namespace picost::cost {
namespace {

absl::Status Malformed(std::string_view file, int64_t line, const std::string& what,
                       const std::string& mend) {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat(std::string(file), ":", line, ": ", what), {.mend = mend});
}

}  // namespace

absl::StatusOr<std::vector<CsvRow>> ParseCsv(std::string_view text, std::string_view file) {
  std::vector<CsvRow> rows;
  CsvRow row{.line = 1};
  std::string field;
  int64_t line = 1;
  bool quoted = false;       // inside quotes
  bool was_quoted = false;   // this field had quotes
  bool row_started = false;  // something of this row was seen
  auto end_field = [&] {
    row.fields.push_back(std::move(field));
    field.clear();
    was_quoted = false;
  };
  auto end_row = [&]() -> absl::Status {
    end_field();
    if (!rows.empty() && row.fields.size() != rows.front().fields.size()) {
      return Malformed(
          file, row.line,
          absl::StrCat(row.fields.size(), " fields, the header has ", rows.front().fields.size()),
          "Give every column a field, empty where nothing is known.");
    }
    rows.push_back(std::move(row));
    row = CsvRow{};
    row_started = false;
    return absl::OkStatus();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!row_started && c != '\n' && c != '\r') {
      row_started = true;
      row.line = line;
    }
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') {
        field += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        field += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      if (!field.empty() || was_quoted) {
        return Malformed(file, line, "a quote inside an unquoted field", "Quote the whole field.");
      }
      quoted = was_quoted = true;
    } else if (c == ',') {
      end_field();
    } else if (c == '\n') {
      if (!row_started) continue;  // an empty line
      if (absl::Status status = end_row(); !status.ok()) return status;
    } else if (c == '\r') {
      continue;
    } else {
      field += c;
    }
  }
  if (quoted) return Malformed(file, row.line, "a quote is never closed", "Close it.");
  if (row_started) {
    if (absl::Status status = end_row(); !status.ok()) return status;
  }
  if (rows.empty()) return Malformed(file, 1, "no header", "Start with the line of column names.");
  return rows;
}

}  // namespace picost::cost
