// Reader of testdata/measured_traffic.csv (extract_traffic.py made it).
#ifndef PICOST_TESTS_SPEC_MEASURED_ROWS_H_
#define PICOST_TESTS_SPEC_MEASURED_ROWS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace picost::spec {

struct MeasuredRow {
  std::string backend;
  std::string op;
  std::map<std::string, std::string> shape;
  int64_t server_bytes = 0;
  int64_t client_bytes = 0;
  int64_t rounds = 0;
  bool flagged = false;
  int64_t dcot = 0;
  int64_t dcot_rev = 0;
  std::string line;

  int64_t Int(const std::string& name) const { return std::stoll(shape.at(name)); }
  int64_t IntOr(const std::string& name, int64_t fallback) const {
    return shape.count(name) != 0 ? Int(name) : fallback;
  }
};

// A layer of whole networks: one shape, its least and largest traffic.
struct MeasuredLayer {
  MeasuredRow row;     // backend, op, shape
  bool first = false;  // in its network
  int64_t server_least = 0;
  int64_t server_most = 0;
  int64_t client_least = 0;
  int64_t client_most = 0;
  int64_t rounds_least = 0;
  int64_t rounds_most = 0;
};
std::vector<MeasuredLayer> ReadMeasuredLayers();

// Lines of the file, whatever their backend.
size_t CountMeasuredRows();

// Rows of one backend and operation; all operations where op is empty.
std::vector<MeasuredRow> ReadMeasuredRows(std::string_view backend, std::string_view op);

}  // namespace picost::spec

#endif  // PICOST_TESTS_SPEC_MEASURED_ROWS_H_
