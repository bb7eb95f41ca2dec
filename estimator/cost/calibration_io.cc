#include "estimator/cost/calibration_io.h"

#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "estimator/base/error.h"
#include "estimator/base/fingerprint.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/csv.h"
#include "estimator/cost/sample_fields.h"
#include "estimator/cost/textproto.h"
#include "proto/picost/v1/calibration_table.pb.h"

namespace picost::cost {
namespace {

constexpr std::array<std::string_view, 13> kColumns = {"primitive",
                                                       "parameters",
                                                       "count",
                                                       "executor",
                                                       "network",
                                                       "repeat",
                                                       "wall_s",
                                                       "cpu_s",
                                                       "client_to_server_bytes",
                                                       "server_to_client_bytes",
                                                       "flights",
                                                       "nested",
                                                       "flags"};
enum Column {
  kPrimitive,
  kParameters,
  kCount,
  kExecutor,
  kNetwork,
  kRepeat,
  kWall,
  kCpu,
  kUpBytes,
  kDownBytes,
  kFlights,
  kNested,
  kFlags,
};

// "cheetah.ferret_extension*2", or "primitive(a=1;b=2)*2"; several with " + ".
absl::StatusOr<std::vector<NestedUse>> ReadNested(const Cell& cell) {
  std::vector<NestedUse> uses;
  std::string_view text = cell.text;
  while (!text.empty()) {
    const size_t plus = text.find(" + ");
    const std::string_view item = text.substr(0, plus);
    const size_t star = item.rfind('*');
    if (star == std::string_view::npos || star == 0) {
      return cell.Error(absl::StrCat("\"", std::string(item), "\" is not primitive*count"),
                        "Write the primitive, its parameters in brackets, * and the count.");
    }
    NestedUse use;
    std::string_view id = item.substr(0, star);
    if (const size_t open = id.find('('); open != std::string_view::npos && id.back() == ')') {
      PICOST_ASSIGN_OR_RETURN(use.parameters,
                              ReadParameters(cell, id.substr(open + 1, id.size() - open - 2)));
      id = id.substr(0, open);
    }
    use.primitive = std::string(id);
    PICOST_ASSIGN_OR_RETURN(use.count, ReadInteger(cell, item.substr(star + 1), 1));
    if (const auto call =
            primitives::MakeCall(use.primitive, use.parameters, use.count,
                                 primitives::Phase::kOnline, primitives::Executor::kJoint);
        !call.ok()) {
      return cell.Error(std::string(call.status().message()), "Name a primitive of the catalogue.");
    }
    uses.push_back(std::move(use));
    text = plus == std::string_view::npos ? std::string_view() : text.substr(plus + 3);
  }
  return uses;
}

absl::StatusOr<Sample> ReadSample(std::string_view file, const CsvRow& row) {
  const auto cell = [&](Column column) {
    return Cell{file, row.line, kColumns[column], row.fields[column]};
  };
  Sample sample;
  sample.line = row.line;
  sample.primitive = row.fields[kPrimitive];
  PICOST_ASSIGN_OR_RETURN(sample.parameters,
                          ReadParameters(cell(kParameters), row.fields[kParameters]));
  PICOST_ASSIGN_OR_RETURN(sample.count, ReadInteger(cell(kCount), row.fields[kCount], 1));
  PICOST_ASSIGN_OR_RETURN(sample.executor, ReadExecutor(cell(kExecutor)));
  if (row.fields[kNetwork].empty()) {
    return cell(kNetwork).Error("empty", "Name the link, or write none.");
  }
  sample.network = row.fields[kNetwork];
  PICOST_ASSIGN_OR_RETURN(sample.repeat, ReadInteger(cell(kRepeat), row.fields[kRepeat], 0));
  PICOST_ASSIGN_OR_RETURN(const double wall, ReadSeconds(cell(kWall)));
  sample.wall = Seconds(wall);
  sample.cpu = Seconds(-1);
  if (!row.fields[kCpu].empty()) {
    PICOST_ASSIGN_OR_RETURN(const double cpu, ReadSeconds(cell(kCpu)));
    sample.cpu = Seconds(cpu);
  }
  const bool up = !row.fields[kUpBytes].empty();
  const bool down = !row.fields[kDownBytes].empty();
  const bool flights = !row.fields[kFlights].empty();
  if (up != down || up != flights) {
    return cell(kFlights).Error("traffic is given in part",
                                "Give both directions and the flights, or leave all three empty.");
  }
  if (up) {
    sample.traffic_known = true;
    PICOST_ASSIGN_OR_RETURN(const int64_t u, ReadInteger(cell(kUpBytes), row.fields[kUpBytes], 0));
    PICOST_ASSIGN_OR_RETURN(const int64_t d,
                            ReadInteger(cell(kDownBytes), row.fields[kDownBytes], 0));
    PICOST_ASSIGN_OR_RETURN(const int64_t f, ReadInteger(cell(kFlights), row.fields[kFlights], 0));
    sample.traffic = {Bytes(u), Bytes(d), Flights(f)};
  }
  PICOST_ASSIGN_OR_RETURN(sample.nested, ReadNested(cell(kNested)));
  std::string_view flags = row.fields[kFlags];
  while (!flags.empty()) {
    const size_t end = flags.find(';');
    const std::string_view flag = flags.substr(0, end);
    if (flag == "flights_may_undercount") {
      sample.flights_may_undercount = true;
    } else if (flag == "not_comparable") {
      sample.comparable = false;
    } else if (flag == "sum") {
      sample.sum = true;
    } else {
      return cell(kFlags).Error(absl::StrCat("\"", std::string(flag), "\" is no flag"),
                                "docs/calibration_format.md lists the flags.");
    }
    flags = end == std::string_view::npos ? std::string_view() : flags.substr(end + 1);
  }
  // The catalogue knows the primitive and its parameters' ranges.
  const auto call = primitives::MakeCall(sample.primitive, sample.parameters, sample.count,
                                         primitives::Phase::kOnline, sample.executor);
  if (!call.ok()) {
    return cell(call.status().code() == absl::StatusCode::kNotFound ? kPrimitive : kParameters)
        .Error(std::string(call.status().message()),
               "Name a primitive of the catalogue with all its parameters, in range.");
  }
  return sample;
}

absl::StatusOr<Origin> ReadOrigin(const std::string& file, v1::CalibrationTableFile::Origin value) {
  switch (value) {
    case v1::CalibrationTableFile::MEASURED:
      return Origin::kMeasured;
    case v1::CalibrationTableFile::PUBLISHED:
      return Origin::kPublished;
    case v1::CalibrationTableFile::SYNTHETIC:
      return Origin::kSynthetic;
    default:
      return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat(file, ": no origin"),
                       {.field = "origin", .mend = "Write origin: MEASURED or PUBLISHED."});
  }
}

absl::Status ReadHeader(const std::string& file, std::string_view text, CalibrationTable& table) {
  v1::CalibrationTableFile header;
  PICOST_RETURN_IF_ERROR(ParseTextproto(text, file, header));
  if (header.schema_version() != kCalibrationSchemaVersion) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat(file, ": schema version ", header.schema_version(),
                                  ", this reader knows ", kCalibrationSchemaVersion),
                     {.field = "schema_version", .mend = "Use the release that wrote the table."});
  }
  const std::pair<const char*, const std::string*> required[] = {
      {"title", &header.title()},
      {"source", &header.source()},
      {"license", &header.license()},
      {"date", &header.date()},
      {"backend.name", &header.backend().name()},
      {"backend.version", &header.backend().version()},
      {"machine.processor", &header.machine().processor()},
  };
  for (const auto& [name, value] : required) {
    if (value->empty()) {
      return MakeError(
          absl::StatusCode::kInvalidArgument, absl::StrCat(file, ": no ", name),
          {.field = name, .mend = "A table without provenance is of no use: fill in."});
    }
  }
  if (header.threads() < 1) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat(file, ": threads is ", header.threads(), ", at least 1"),
                     {.field = "threads", .mend = "State the threads per party."});
  }
  PICOST_ASSIGN_OR_RETURN(table.origin, ReadOrigin(file, header.origin()));
  table.title = header.title();
  table.source = header.source();
  table.license = header.license();
  table.environment.backend = header.backend().name();
  table.environment.backend_version =
      header.backend().flags().empty()
          ? header.backend().version()
          : absl::StrCat(header.backend().version(), " (", header.backend().flags(), ")");
  std::vector<std::string> machine = {header.machine().processor()};
  if (!header.machine().memory().empty()) machine.push_back(header.machine().memory());
  if (!header.machine().operating_system().empty()) {
    machine.push_back(header.machine().operating_system());
  }
  table.environment.machine = absl::StrJoin(machine, ", ");
  table.environment.compiler = header.machine().compiler();
  table.environment.date = header.date();
  table.environment.threads = header.threads();
  return absl::OkStatus();
}

}  // namespace

std::string_view OriginName(Origin origin) {
  switch (origin) {
    case Origin::kMeasured:
      return "measured";
    case Origin::kPublished:
      return "published";
    case Origin::kSynthetic:
      return "synthetic";
  }
  return "unknown";
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return MakeError(absl::StatusCode::kNotFound, absl::StrCat(path, " cannot be opened"),
                     {.mend = "Check the path and the rights."});
  }
  std::ostringstream content;
  content << file.rdbuf();
  if (file.bad()) {
    return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat(path, " cannot be read"),
                     {.mend = "Check the file."});
  }
  return std::move(content).str();
}

std::string CalibrationTableId(std::string_view table_textproto, std::string_view samples_csv) {
  return Fingerprinter("calibration_table").Add(table_textproto).Add(samples_csv).Hex();
}

absl::StatusOr<CalibrationTable> ParseCalibrationTable(std::string_view name,
                                                       std::string_view table_textproto,
                                                       std::string_view samples_csv) {
  CalibrationTable table;
  table.name = std::string(name);
  const std::string header_file = absl::StrCat(table.name, "/table.textproto");
  const std::string samples_file = absl::StrCat(table.name, "/samples.csv");
  PICOST_RETURN_IF_ERROR(ReadHeader(header_file, table_textproto, table));
  PICOST_ASSIGN_OR_RETURN(const std::vector<CsvRow> rows, ParseCsv(samples_csv, samples_file));
  const std::vector<std::string>& header = rows.front().fields;
  if (header.size() != kColumns.size() ||
      !std::equal(kColumns.begin(), kColumns.end(), header.begin())) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, absl::StrCat(samples_file, ":1: unknown columns"),
        {.mend = "The columns are " +
                 absl::StrJoin(std::vector<std::string>(kColumns.begin(), kColumns.end()), ",") +
                 "."});
  }
  if (rows.size() == 1) {
    return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat(samples_file, ": no samples"),
                     {.mend = "A table holds at least one sample."});
  }
  table.samples.reserve(rows.size() - 1);
  for (size_t i = 1; i < rows.size(); ++i) {
    PICOST_ASSIGN_OR_RETURN(Sample sample, ReadSample(samples_file, rows[i]));
    table.samples.push_back(std::move(sample));
  }
  table.id = CalibrationTableId(table_textproto, samples_csv);
  return table;
}

absl::StatusOr<CalibrationTable> ReadCalibrationTable(const std::string& folder) {
  PICOST_ASSIGN_OR_RETURN(const std::string header, ReadFile(folder + "/table.textproto"));
  PICOST_ASSIGN_OR_RETURN(const std::string samples, ReadFile(folder + "/samples.csv"));
  const size_t slash = folder.find_last_of('/', folder.size() - 2);
  std::string name = slash == std::string::npos ? folder : folder.substr(slash + 1);
  if (!name.empty() && name.back() == '/') name.pop_back();
  return ParseCalibrationTable(name, header, samples);
}

}  // namespace picost::cost
