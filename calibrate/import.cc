#include "calibrate/import.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "calibrate/import_sci.h"
#include "calibrate/table_file.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/csv.h"

namespace picost::calibrate {
namespace {

using cost::Sample;

absl::Status Malformed(std::string what, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what), {.mend = std::move(mend)});
}

// "a=1;b=2"
absl::StatusOr<primitives::Parameters> ParseParameters(const std::string& text) {
  primitives::Parameters parameters;
  for (const auto& item : absl::StrSplit(text, ';', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(item, absl::MaxSplits('=', 1));
    int64_t value = 0;
    if (!absl::SimpleAtoi(pair.second, &value)) {
      return Malformed(absl::StrCat("parameters: \"", std::string(item), "\" is not name=integer"),
                       "Write a=1;b=2.");
    }
    parameters.Set(pair.first, value);
  }
  return parameters;
}

// Rows in the order and with the columns that the reader wants.
absl::StatusOr<std::vector<Sample>> FromCsv(std::string_view text, const ImportOptions& options) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<cost::CsvRow> rows, cost::ParseCsv(text, "import"));
  const std::vector<std::string> wanted =
      absl::StrSplit(absl::string_view(SampleColumns().data(), SampleColumns().size()), ',');
  std::map<std::string, size_t> column;
  for (size_t i = 0; i < rows[0].fields.size(); ++i) {
    const std::string& name = rows[0].fields[i];
    if (std::find(wanted.begin(), wanted.end(), name) == wanted.end()) {
      return Malformed(absl::StrCat("import:1: unknown column \"", name, "\""),
                       absl::StrCat("The columns are ", absl::StrJoin(wanted, ", "), "."));
    }
    column[name] = i;
  }
  for (const char* required : {"primitive", "parameters", "count", "wall_s"}) {
    if (column.count(required) == 0) {
      return Malformed(absl::StrCat("import:1: no column ", required), "Add it.");
    }
  }
  const std::map<std::string, std::string> defaults = {
      {"executor", "joint"}, {"network", options.network}, {"repeat", "0"}};
  std::string lines;
  for (size_t i = 1; i < rows.size(); ++i) {
    std::vector<std::string> fields;
    for (const std::string& name : wanted) {
      const auto found = column.find(name);
      const auto fallback = defaults.find(name);
      std::string value = found != column.end()        ? rows[i].fields[found->second]
                          : fallback != defaults.end() ? fallback->second
                                                       : "";
      if (value.find_first_of(",\"\n") != std::string::npos) {
        return Malformed(
            absl::StrCat("import:", rows[i].line, ": column ", name, " holds a comma or a quote"),
            "Parameters are separated by semicolons.");
      }
      fields.push_back(std::move(value));
    }
    absl::StrAppend(&lines, absl::StrJoin(fields, ","), "\n");
  }
  return ParseSampleRows(lines);
}

absl::StatusOr<std::vector<Sample>> FromSciLog(std::string_view text, const ImportOptions& options,
                                               std::vector<std::string>& left_out) {
  PICOST_ASSIGN_OR_RETURN(const primitives::Parameters given, ParseParameters(options.parameters));
  return ParseSciLog(text, given, options.network, left_out);
}

absl::StatusOr<std::vector<Sample>> FromCrypTen(std::string_view text,
                                                const ImportOptions& options) {
  PICOST_ASSIGN_OR_RETURN(const primitives::Parameters parameters,
                          ParseParameters(options.parameters));
  std::vector<Sample> samples;
  int64_t rounds = -1, bytes = -1;
  for (const absl::string_view view :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    // A logger's prefix may stand before each line.
    const std::string line(absl::StripAsciiWhitespace(view));
    const auto value_after = [&](const char* name) -> std::optional<std::string> {
      const size_t at = line.find(name);
      if (at == std::string::npos) return std::nullopt;
      const size_t colon = line.find(':', at);
      if (colon == std::string::npos) return std::nullopt;
      return std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
    };
    double seconds = 0;
    if (const auto value = value_after("Rounds")) {
      if (!absl::SimpleAtoi(*value, &rounds)) rounds = -1;
    } else if (const auto value = value_after("Bytes")) {
      if (!absl::SimpleAtoi(*value, &bytes)) bytes = -1;
    } else if (const auto value = value_after("ommunication time");
               value && absl::SimpleAtod(*value, &seconds)) {
      if (rounds < 0 || bytes < 0) {
        return Malformed("a communication time without rounds and bytes before it",
                         "Give the whole output of print_communication_stats.");
      }
      Sample sample;
      sample.primitive = options.primitive;
      sample.parameters = parameters;
      sample.count = options.count;
      sample.executor = primitives::Executor::kJoint;
      sample.network = options.network;
      sample.repeat = static_cast<int64_t>(samples.size());
      sample.wall = Seconds(seconds);
      sample.cpu = Seconds(-1);
      // Two parties send each other the same in every round.
      sample.traffic = {Bytes(bytes), Bytes(bytes), Flights(rounds)};
      sample.traffic_known = true;
      samples.push_back(std::move(sample));
      rounds = bytes = -1;
    }
  }
  return samples;
}

}  // namespace

absl::StatusOr<std::vector<Sample>> ParseImport(std::string_view text, const ImportOptions& options,
                                                std::vector<std::string>& left_out) {
  absl::StatusOr<std::vector<Sample>> samples =
      options.format == "csv"   ? FromCsv(text, options)
      : options.format == "sci" ? FromSciLog(text, options, left_out)
      : options.format == "crypten"
          ? FromCrypTen(text, options)
          : Malformed("unknown format \"" + options.format + "\"", "Choose csv, sci or crypten.");
  if (!samples.ok()) return samples;
  if (samples->empty()) {
    return Malformed("nothing in the text maps on a primitive of the catalogue",
                     "Choose the right --format; for SCI build with LOG_LAYERWISE.");
  }
  return samples;
}

absl::StatusOr<ImportResult> Import(std::string_view text, const ImportOptions& options) {
  const std::pair<const char*, const std::string*> required[] = {
      {"backend_version", &options.backend_version},
      {"processor", &options.processor},
      {"date", &options.date}};
  for (const auto& [name, value] : required) {
    if (!value->empty()) continue;
    return MakeError(absl::StatusCode::kInvalidArgument,
                     absl::StrCat("--", name, " is missing: the text does not say it"),
                     {.field = name, .mend = "A table without provenance is of no use: state it."});
  }
  ImportResult result;
  PICOST_ASSIGN_OR_RETURN(const std::vector<Sample> samples,
                          ParseImport(text, options, result.left_out));
  v1::CalibrationTableFile header;
  header.set_schema_version(cost::kCalibrationSchemaVersion);
  header.set_title(absl::StrCat("imported ", options.format, " measurements"));
  header.set_origin(v1::CalibrationTableFile::MEASURED);
  header.set_source(absl::StrCat("imported by picost_calibrate from ", options.format,
                                 "; outputs and bytes were not checked by it"));
  header.set_license("as the measurements' owner states");
  header.mutable_backend()->set_name(options.format);
  header.mutable_backend()->set_version(options.backend_version);
  header.mutable_machine()->set_processor(options.processor);
  header.set_threads(1);
  header.set_date(options.date);
  PICOST_ASSIGN_OR_RETURN(const cost::CalibrationTable table,
                          WriteTable(options.folder, header, samples));
  result.samples = static_cast<int>(table.samples.size());
  return result;
}

}  // namespace picost::calibrate
