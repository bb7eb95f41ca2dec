#include "clients/cli/trial_lines.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <openssl/sha.h>

#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/edit_json.h"

namespace picost::cli {
namespace {

namespace pb = google::protobuf;

// As the Python client numbers lines: SHA-256 of "<number> <line>".
std::string RequestId(int64_t number, std::string_view line) {
  const std::string text = absl::StrCat(number, " ", std::string(line));
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof(digest)));
}

// "cheetah", "protocols/cheetah", or the message itself as an object.
template <typename Message>
std::optional<std::string> ReadChoice(const std::string& field, const pb::Value& value,
                                      const std::string& collection,
                                      void (*set)(Message&, std::string), Message& to) {
  to.Clear();
  if (value.has_string_value()) {
    const std::string& id = value.string_value();
    set(to, id.find('/') == std::string::npos ? absl::StrCat(collection, "/", id) : id);
    return std::nullopt;
  }
  std::string json;
  (void)pb::util::MessageToJsonString(value, &json);
  const auto status = pb::util::JsonStringToMessage(json, &to);
  if (status.ok()) return std::nullopt;
  return absl::StrCat(
      "'", field, "' is neither a name nor an object of the API: ", std::string(status.message()));
}

std::optional<std::string> ReadMetrics(const pb::Value& value, v1::Trial& trial) {
  for (const auto& [metric, number] : Sorted(value.struct_value())) {
    if (!number.has_number_value()) return absl::StrCat("'", metric, "' is no number");
    v1::ReportedMetric& to = *trial.add_metrics();
    to.set_metric(metric);
    to.set_value(number.number_value());
  }
  return std::nullopt;
}

std::optional<std::string> ReadField(const std::string& name, const pb::Value& value,
                                     const std::string& study, v1::Trial& trial, v1::Edit& edit) {
  static const auto& written =
      *new std::set<std::string>{"trial", "create_time", "feasible", "totals"};
  if (written.count(name) > 0) return std::nullopt;
  std::optional<std::string> wrong;
  if (ReadEditField(name, value, edit, wrong)) return wrong;
  if (name == "model" && value.has_string_value()) {
    trial.set_model(value.string_value());
  } else if (name == "protocol") {
    return ReadChoice<v1::ProtocolChoice>(
        name, value, "protocols",
        [](v1::ProtocolChoice& to, std::string id) { to.set_protocol(std::move(id)); },
        *trial.mutable_protocol());
  } else if (name == "deployment") {
    return ReadChoice<v1::DeploymentChoice>(
        name, value, "deployments",
        [](v1::DeploymentChoice& to, std::string id) { to.set_name(std::move(id)); },
        *trial.mutable_deployment());
  } else if (name == "metrics" && value.has_struct_value()) {
    return ReadMetrics(value, trial);
  } else if (name == "tags" && value.has_list_value()) {
    for (const pb::Value& tag : value.list_value().values()) trial.add_tags(tag.string_value());
  } else if (name == "parent" && value.has_string_value()) {
    trial.set_parent_trial(value.string_value());
  } else if (name == "parent" && CountIn(value).value_or(0) > 0) {
    trial.set_parent_trial(absl::StrCat(study, "/trials/", *CountIn(value)));
  } else if (!(name == "parent" && value.has_null_value())) {
    return absl::StrCat("'", name,
                        "' is not kept (object), operations (list), metrics (object), tags (list), "
                        "parent (number), model, protocol or deployment");
  }
  return std::nullopt;
}

std::optional<std::string> ReadLine(const std::string& line, const std::string& study,
                                    v1::Trial& trial) {
  pb::Struct object;
  if (const auto status = pb::util::JsonStringToMessage(line, &object); !status.ok()) {
    return absl::StrCat("no JSON object: ", std::string(status.message()));
  }
  v1::Edit edit;
  for (const auto& [name, value] : Sorted(object)) {
    if (auto wrong = ReadField(name, value, study, trial, edit)) return wrong;
  }
  *trial.mutable_operations() = edit.operations();
  const std::pair<const char*, bool> needed[] = {{"model", !trial.model().empty()},
                                                 {"protocol", trial.has_protocol()},
                                                 {"deployment", trial.has_deployment()}};
  for (const auto& [name, there] : needed) {
    if (!there) return absl::StrCat("it names no ", name, ", and no --", name, " is given");
  }
  return std::nullopt;
}

std::string AsJson(const pb::Message& message) {
  pb::util::JsonPrintOptions print;
  print.preserve_proto_field_names = true;
  std::string json;
  (void)pb::util::MessageToJsonString(message, &json, print);
  return json;
}

std::string AsJson(const std::string& text) {
  pb::Value value;
  value.set_string_value(text);
  return AsJson(value);
}

std::string AsJson(double number) {
  pb::Value value;
  value.set_number_value(number);
  return AsJson(value);
}

std::string LastPart(const std::string& resource) {
  return resource.substr(resource.rfind('/') + 1);
}

}  // namespace

Result<std::vector<TrialLine>> ReadTrialLines(const std::string& name, std::istream& file,
                                              const std::string& study, const v1::Trial& defaults) {
  std::vector<TrialLine> lines;
  std::string text;
  for (int64_t number = 1; std::getline(file, text); ++number) {
    const std::string line(absl::StripAsciiWhitespace(text));
    if (line.empty()) continue;
    TrialLine& one = lines.emplace_back();
    one.line = number;
    one.request.set_parent(study);
    one.request.set_request_id(RequestId(number, line));
    *one.request.mutable_trial() = defaults;
    if (const auto wrong = ReadLine(line, study, *one.request.mutable_trial())) {
      return BadArgument(absl::StrCat(name, ":", number, ": ", *wrong));
    }
  }
  if (lines.empty()) return BadArgument(absl::StrCat(name, " holds no trial"));
  return lines;
}

std::string WriteTrialLine(const v1::Trial& trial) {
  std::string line = absl::StrCat("{\"trial\":", LastPart(trial.name()));
  const auto add = [&line](const char* field, const std::string& json) {
    absl::StrAppend(&line, ",\"", field, "\":", json);
  };
  add("model", AsJson(trial.model()));
  add("protocol", AsJson(trial.protocol()));
  add("deployment", AsJson(trial.deployment()));
  std::vector<std::string> operations;
  for (const v1::EditOperation& operation : trial.operations()) {
    operations.push_back(AsJson(operation));
  }
  add("operations", absl::StrCat("[", absl::StrJoin(operations, ","), "]"));
  std::vector<std::string> metrics;
  for (const v1::ReportedMetric& metric : trial.metrics()) {
    metrics.push_back(absl::StrCat(AsJson(metric.metric()), ":", AsJson(metric.value())));
  }
  add("metrics", absl::StrCat("{", absl::StrJoin(metrics, ","), "}"));
  std::vector<std::string> tags;
  for (const std::string& tag : trial.tags()) tags.push_back(AsJson(tag));
  add("tags", absl::StrCat("[", absl::StrJoin(tags, ","), "]"));
  // As a number, so that it is one of the study that the line is read into.
  if (!trial.parent_trial().empty()) add("parent", LastPart(trial.parent_trial()));
  add("create_time", AsJson(trial.create_time()));
  add("feasible", trial.feasible() ? "true" : "false");
  add("totals", AsJson(trial.totals()));
  return line + "}";
}

}  // namespace picost::cli
