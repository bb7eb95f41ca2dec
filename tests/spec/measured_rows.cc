#include "tests/spec/measured_rows.h"

#include <fstream>
#include <sstream>

namespace picost::spec {
namespace {

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

int64_t IntOrZero(const std::string& text) { return text.empty() ? 0 : std::stoll(text); }

}  // namespace

std::vector<MeasuredRow> ReadMeasuredRows(std::string_view backend, std::string_view op) {
  std::ifstream file("tests/spec/testdata/measured_traffic.csv");
  std::vector<MeasuredRow> rows;
  std::string line;
  std::getline(file, line);  // header
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = Split(line, ',');
    if (cells.size() != 10 || cells[0] != backend || (!op.empty() && cells[1] != op)) continue;
    MeasuredRow row;
    row.backend = cells[0];
    row.op = cells[1];
    for (const std::string& item : Split(cells[2], ';')) {
      const size_t equals = item.find('=');
      row.shape[item.substr(0, equals)] = item.substr(equals + 1);
    }
    row.server_bytes = std::stoll(cells[3]);
    row.client_bytes = std::stoll(cells[4]);
    row.rounds = std::stoll(cells[5]);
    row.flagged = cells[6] == "1";
    row.dcot = IntOrZero(cells[7]);
    row.dcot_rev = IntOrZero(cells[8]);
    row.line = line;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace picost::spec
