#include "calibrate/table_file.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "google/protobuf/text_format.h"

namespace picost::calibrate {
namespace {

namespace fs = std::filesystem;

std::string Number(double value) {
  char text[32];
  const auto [end, code] = std::to_chars(text, text + sizeof(text), value);
  return std::string(text, code == std::errc() ? end : text);
}

std::string Nested(const std::vector<cost::NestedUse>& uses) {
  std::string text;
  for (const cost::NestedUse& use : uses) {
    absl::StrAppend(&text, text.empty() ? "" : " + ", use.primitive);
    if (!use.parameters.values().empty()) {
      absl::StrAppend(&text, "(", use.parameters.DebugString(), ")");
    }
    absl::StrAppend(&text, "*", use.count);
  }
  return text;
}

absl::Status CannotWrite(const std::string& path) {
  return MakeError(absl::StatusCode::kUnavailable, absl::StrCat("cannot write ", path),
                   {.mend = "Look at its rights and at the room left."});
}

absl::Status WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  return file ? absl::OkStatus() : CannotWrite(path);
}

// Enough of a header for rows alone to be read.
constexpr std::string_view kAnyHeader =
    "schema_version: 1 title: \"t\" origin: MEASURED source: \"s\" license: \"l\" date: \"d\"\n"
    "backend { name: \"b\" version: \"v\" } machine { processor: \"p\" } threads: 1\n";

}  // namespace

std::string_view SampleColumns() {
  return "primitive,parameters,count,executor,network,repeat,wall_s,cpu_s,client_to_server_bytes,"
         "server_to_client_bytes,flights,nested,flags";
}

std::string SampleRow(const cost::Sample& sample) {
  std::string traffic = ",,";
  if (sample.traffic_known) {
    traffic =
        absl::StrCat(sample.traffic.client_to_server.value(), ",",
                     sample.traffic.server_to_client.value(), ",", sample.traffic.flights.value());
  }
  std::string flags;
  if (sample.flights_may_undercount) flags = "flights_may_undercount";
  if (!sample.comparable) absl::StrAppend(&flags, flags.empty() ? "" : ";", "not_comparable");
  return absl::StrCat(sample.primitive, ",", sample.parameters.DebugString(), ",", sample.count,
                      ",", std::string(primitives::ExecutorName(sample.executor)), ",",
                      sample.network, ",", sample.repeat, ",", Number(sample.wall.value()), ",",
                      sample.cpu.value() < 0 ? "" : Number(sample.cpu.value()), ",", traffic, ",",
                      Nested(sample.nested), ",", flags);
}

absl::StatusOr<std::vector<cost::Sample>> ParseSampleRows(std::string_view rows) {
  PICOST_ASSIGN_OR_RETURN(
      cost::CalibrationTable table,
      cost::ParseCalibrationTable(
          "rows", kAnyHeader, absl::StrCat(std::string(SampleColumns()), "\n", std::string(rows))));
  return std::move(table.samples);
}

absl::StatusOr<cost::CalibrationTable> WriteTable(const std::string& folder,
                                                  const v1::CalibrationTableFile& header,
                                                  const std::vector<cost::Sample>& samples) {
  std::error_code error;
  if (fs::exists(folder, error)) {
    return MakeError(absl::StatusCode::kAlreadyExists, absl::StrCat(folder, " exists"),
                     {.field = "out", .mend = "Tables are immutable: choose another name."});
  }
  std::string text, rows(SampleColumns());
  google::protobuf::TextFormat::PrintToString(header, &text);
  text = absl::StrCat("# Written by picost_calibrate; docs/calibration_format.md explains it.\n",
                      text);
  rows += "\n";
  for (const cost::Sample& sample : samples) absl::StrAppend(&rows, SampleRow(sample), "\n");

  // Refused before anything is on disk: what could not be read back.
  PICOST_RETURN_IF_ERROR(
      cost::ParseCalibrationTable(fs::path(folder).filename().string(), text, rows).status());
  const std::string temporary = folder + ".writing";
  fs::remove_all(temporary, error);
  if (!fs::create_directories(temporary, error)) return CannotWrite(temporary);
  PICOST_RETURN_IF_ERROR(WriteFile(temporary + "/table.textproto", text));
  PICOST_RETURN_IF_ERROR(WriteFile(temporary + "/samples.csv", rows));
  fs::rename(temporary, folder, error);
  if (error) return CannotWrite(folder);
  return cost::ReadCalibrationTable(folder);
}

}  // namespace picost::calibrate
