#include "service/log/logger.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace picost::service {
namespace {

using google::protobuf::FieldDescriptor;

// As a word, or in quotes with escapes where it would not read as one.
std::string Quoted(const std::string& value) {
  const std::string escaped = absl::CHexEscape(value);
  if (!value.empty() && escaped == value && value.find_first_of(" =") == std::string::npos) {
    return value;
  }
  return absl::StrCat("\"", escaped, "\"");
}

std::string Text(const log::Record& record) {
  std::string line =
      absl::StrCat(record.time(), " ", record.severity(), " ", absl::CHexEscape(record.message()));
  const auto* reflection = record.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(record, &fields);  // in the order of their numbers
  for (const FieldDescriptor* field : fields) {
    if (field->number() <= log::Record::kMessageFieldNumber) continue;
    std::string value;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_DOUBLE:
        value = absl::StrCat(reflection->GetDouble(record, field));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        value = absl::StrCat(reflection->GetInt32(record, field));
        break;
      default:
        value = Quoted(reflection->GetString(record, field));
    }
    absl::StrAppend(&line, " ", field->name(), "=", value);
  }
  return line;
}

}  // namespace

std::string FormatRecord(const log::Record& record, config::LogFormat format) {
  if (format != config::LOG_FORMAT_JSON) return Text(record);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(record, &json, options);
  return status.ok() ? json : Text(record);
}

void Logger::Write(const char* severity, log::Record record) {
  if (sink_ == nullptr) return;
  record.set_time(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()));
  record.set_severity(severity);
  std::string line = FormatRecord(record, logging_.format());
  line += '\n';
  const std::lock_guard lock(mutex_);
  std::fwrite(line.data(), 1, line.size(), sink_);
  std::fflush(sink_);
}

void Logger::LimitedWarning(log::Record record) {
  constexpr CallRate kRate{.calls_per_second = 10, .burst_calls = 50};
  if (limiter_.Take("", kRate, std::chrono::steady_clock::now()).count() > 0) {
    ++left_out_;
    return;
  }
  record.set_count(left_out_.exchange(0));
  Warning(std::move(record));
}

log::Record Event(std::string message, std::string error) {
  log::Record record;
  record.set_message(std::move(message));
  record.set_error(std::move(error));
  return record;
}

}  // namespace picost::service
