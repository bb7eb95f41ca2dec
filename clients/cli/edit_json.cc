#include "clients/cli/edit_json.h"

#include <google/protobuf/util/json_util.h>

#include <cmath>

#include "absl/strings/str_cat.h"

namespace picost::cli {
namespace {

namespace pb = google::protobuf;

// Counts beyond this are mistakes, and doubles hold all below it.
constexpr double kMostElements = 1e15;

}  // namespace

std::optional<int64_t> CountIn(const pb::Value& value) {
  const double number = value.number_value();
  if (!value.has_number_value() || number != std::floor(number) || number < 0 ||
      number > kMostElements) {
    return std::nullopt;
  }
  return static_cast<int64_t>(number);
}

std::map<std::string, pb::Value> Sorted(const pb::Struct& object) {
  return {object.fields().begin(), object.fields().end()};
}

void Keep(const std::string& node, int64_t count, v1::Edit& edit) {
  v1::KeepRelus& keep = *edit.add_operations()->mutable_keep_relus();
  keep.set_node(node);
  keep.set_count(count);
}

bool ReadEditField(const std::string& name, const pb::Value& value, v1::Edit& edit,
                   std::optional<std::string>& wrong) {
  if (name == "kept" && value.has_struct_value()) {
    for (const auto& [node, count] : Sorted(value.struct_value())) {
      const std::optional<int64_t> elements = CountIn(count);
      if (elements.has_value()) {
        Keep(node, *elements, edit);
      } else {
        wrong = absl::StrCat("'", node, "' keeps no count of elements");
      }
    }
    return true;
  }
  if (name != "operations" || !value.has_list_value()) return false;
  for (const pb::Value& operation : value.list_value().values()) {
    std::string json;
    (void)pb::util::MessageToJsonString(operation, &json);
    const auto status = pb::util::JsonStringToMessage(json, edit.add_operations());
    if (!status.ok()) {
      wrong = absl::StrCat("an operation is none: ", std::string(status.message()));
    }
  }
  return true;
}

}  // namespace picost::cli
