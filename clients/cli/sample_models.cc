#include "clients/cli/sample_models.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace picost::cli {
namespace {

// Levenshtein's: insertions, deletions, replacements.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> SampleModels(const std::string& data_dir) {
  std::vector<std::string> names;
  if (data_dir.empty()) return names;
  std::error_code error;
  const auto folder = std::filesystem::path(data_dir) / "models";
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

SampleChoice ChooseSample(std::string_view argument, const std::vector<std::string>& samples) {
  const std::string name(argument);
  if (std::find(samples.begin(), samples.end(), name) != samples.end()) return {name, ""};
  std::vector<std::string> longer;
  if (!name.empty()) {
    for (const std::string& sample : samples) {
      if (sample.starts_with(name + "_")) longer.push_back(sample);
    }
  }
  if (longer.empty()) return {};
  const std::string cifar = name + "_cifar";
  const bool has_cifar = std::find(longer.begin(), longer.end(), cifar) != longer.end();
  if (longer.size() > 1 && !has_cifar) return {};
  const std::string chosen = has_cifar ? cifar : longer[0];
  longer.erase(std::find(longer.begin(), longer.end(), chosen));
  return {chosen,
          absl::StrCat("'", name, "' is the sample model ", chosen,
                       longer.empty() ? "" : "; there are also ", absl::StrJoin(longer, ", "))};
}

std::vector<std::string> NearNames(std::string_view argument,
                                   const std::vector<std::string>& names) {
  constexpr size_t kMost = 5;
  constexpr size_t kLongest = 256;  // of what is compared letter by letter
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& name : names) {
    if (name.size() > kLongest || argument.size() > kLongest) continue;
    const bool begins = !argument.empty() && name.starts_with(argument);
    // Of the whole name, or of the part before an underscore: resnet8 is near resnet18_224.
    const size_t distance = begins ? 0
                                   : std::min(Distance(argument, name),
                                              Distance(argument, name.substr(0, name.find('_'))));
    if (distance <= std::max<size_t>(2, argument.size() / 3)) near.emplace_back(distance, name);
  }
  std::sort(near.begin(), near.end());
  near.erase(std::unique(near.begin(), near.end()), near.end());
  if (near.size() > kMost) near.resize(kMost);
  std::vector<std::string> result;
  for (auto& [distance, name] : near) result.push_back(std::move(name));
  return result;
}

}  // namespace picost::cli
