#include "estimator/cost/runs_io.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/csv.h"
#include "estimator/cost/sample_fields.h"

namespace picost::cost {
namespace {

const std::vector<std::string>& LayerColumns() {
  static const auto* const columns = new std::vector<std::string>{"backend",
                                                                  "run",
                                                                  "layer",
                                                                  "primitive",
                                                                  "parameters",
                                                                  "count",
                                                                  "network",
                                                                  "repeat",
                                                                  "wall_s",
                                                                  "client_to_server_bytes",
                                                                  "server_to_client_bytes",
                                                                  "flights"};
  return *columns;
}

const std::vector<std::string>& TotalColumns() {
  static const auto* const columns = new std::vector<std::string>{"backend",
                                                                  "run",
                                                                  "network",
                                                                  "repeat",
                                                                  "wall_s",
                                                                  "client_to_server_bytes",
                                                                  "server_to_client_bytes",
                                                                  "flights"};
  return *columns;
}

// Rows of a file with the columns given; cells by name.
class Reader {
 public:
  static absl::StatusOr<Reader> Open(const std::string& path,
                                     const std::vector<std::string>& columns) {
    Reader reader;
    reader.path_ = path;
    reader.columns_ = columns;
    PICOST_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    PICOST_ASSIGN_OR_RETURN(reader.rows_, ParseCsv(text, path));
    if (reader.rows_.front().fields != columns) {
      return MakeError(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(path, ":1: unknown columns"),
                       {.mend = "Write the file with tools/import_measurements.py."});
    }
    return reader;
  }

  size_t size() const { return rows_.size() - 1; }
  Cell At(size_t row, std::string_view column) const {
    const auto at = std::find(columns_.begin(), columns_.end(), column);
    const CsvRow& fields = rows_[row + 1];
    return {path_, fields.line, column, fields.fields[at - columns_.begin()]};
  }
  std::string Text(size_t row, std::string_view column) const {
    return std::string(At(row, column).text);
  }
  absl::StatusOr<int64_t> Integer(size_t row, std::string_view column) const {
    const Cell cell = At(row, column);
    return ReadInteger(cell, cell.text, 0);
  }
  absl::StatusOr<primitives::Traffic> Traffic(size_t row) const {
    PICOST_ASSIGN_OR_RETURN(const int64_t up, Integer(row, "client_to_server_bytes"));
    PICOST_ASSIGN_OR_RETURN(const int64_t down, Integer(row, "server_to_client_bytes"));
    PICOST_ASSIGN_OR_RETURN(const int64_t flights, Integer(row, "flights"));
    return primitives::Traffic{Bytes(up), Bytes(down), Flights(flights)};
  }

 private:
  std::string path_;
  std::vector<std::string> columns_;
  std::vector<CsvRow> rows_;
};

}  // namespace

absl::StatusOr<std::vector<RunLayer>> ReadRunLayers(const std::string& path) {
  PICOST_ASSIGN_OR_RETURN(const Reader reader, Reader::Open(path, LayerColumns()));
  std::vector<RunLayer> layers;
  for (size_t row = 0; row < reader.size(); ++row) {
    RunLayer layer{.backend = reader.Text(row, "backend"), .run = reader.Text(row, "run")};
    PICOST_ASSIGN_OR_RETURN(layer.layer, reader.Integer(row, "layer"));
    Sample& sample = layer.sample;
    sample.primitive = reader.Text(row, "primitive");
    const Cell parameters = reader.At(row, "parameters");
    PICOST_ASSIGN_OR_RETURN(sample.parameters, ReadParameters(parameters, parameters.text));
    PICOST_ASSIGN_OR_RETURN(sample.count, reader.Integer(row, "count"));
    sample.executor = primitives::Executor::kClient;
    sample.network = reader.Text(row, "network");
    PICOST_ASSIGN_OR_RETURN(sample.repeat, reader.Integer(row, "repeat"));
    PICOST_ASSIGN_OR_RETURN(const double wall, ReadSeconds(reader.At(row, "wall_s")));
    sample.wall = Seconds(wall);
    sample.cpu = Seconds(-1);
    PICOST_ASSIGN_OR_RETURN(sample.traffic, reader.Traffic(row));
    sample.traffic_known = true;
    sample.flights_may_undercount = true;  // layer rows may be 1 low
    sample.line = parameters.line;
    if (const auto call =
            primitives::MakeCall(sample.primitive, sample.parameters, sample.count,
                                 primitives::Phase::kOnline, primitives::Executor::kJoint);
        !call.ok()) {
      return parameters.Error(std::string(call.status().message()),
                              "Name a primitive of the catalogue.");
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

absl::StatusOr<std::vector<RunTotal>> ReadRunTotals(const std::string& path) {
  PICOST_ASSIGN_OR_RETURN(const Reader reader, Reader::Open(path, TotalColumns()));
  std::vector<RunTotal> totals;
  for (size_t row = 0; row < reader.size(); ++row) {
    RunTotal total{.backend = reader.Text(row, "backend"),
                   .run = reader.Text(row, "run"),
                   .network = reader.Text(row, "network")};
    PICOST_ASSIGN_OR_RETURN(total.repeat, reader.Integer(row, "repeat"));
    PICOST_ASSIGN_OR_RETURN(const double wall, ReadSeconds(reader.At(row, "wall_s")));
    total.wall = Seconds(wall);
    PICOST_ASSIGN_OR_RETURN(total.traffic, reader.Traffic(row));
    totals.push_back(std::move(total));
  }
  return totals;
}

}  // namespace picost::cost
