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

std::map<std::string, std::string> Shape(const std::string& text) {
  std::map<std::string, std::string> shape;
  for (const std::string& item : Split(text, ';')) {
    const size_t equals = item.find('=');
    shape[item.substr(0, equals)] = item.substr(equals + 1);
  }
  return shape;
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
    row.shape = Shape(cells[2]);
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

size_t CountMeasuredRows() {
  std::ifstream file("tests/spec/testdata/measured_traffic.csv");
  size_t lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  return lines - 1;  // the header
}

std::vector<MeasuredLayer> ReadMeasuredLayers() {
  std::ifstream file("tests/spec/testdata/measured_layers.csv");
  std::vector<MeasuredLayer> layers;
  std::string line;
  std::getline(file, line);  // header
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = Split(line, ',');
    MeasuredLayer layer;
    layer.row.backend = cells[0];
    layer.row.op = cells[1];
    layer.row.shape = Shape(cells[2]);
    layer.row.line = line;
    layer.first = cells[3] == "1";
    layer.server_least = std::stoll(cells[4]);
    layer.server_most = std::stoll(cells[5]);
    layer.client_least = std::stoll(cells[6]);
    layer.client_most = std::stoll(cells[7]);
    layer.rounds_least = std::stoll(cells[8]);
    layer.rounds_most = std::stoll(cells[9]);
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace picost::spec
