#include "calibrate/report.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace picost::calibrate {
namespace {

using cost::CostModel;
using cost::FitGroup;
using cost::ShapePoint;

constexpr double kTolerance = 0.05;
constexpr double kSpreadFactor = 1.25;

std::string ShapeText(const ShapePoint& shape) {
  return absl::StrCat(shape.spec->id, " ", shape.parameters.DebugString(), " x ", shape.count);
}

// "35.1 ns"
std::string Time(double seconds) {
  if (seconds == 0) return "0";
  for (const auto& [unit, name] : {std::pair{1.0, "s"}, {1e-3, "ms"}, {1e-6, "us"}}) {
    // 999.96 ns is written 1000: then the next unit is the better one.
    if (seconds >= 0.99995 * unit) return absl::StrFormat("%.4g %s", seconds / unit, name);
  }
  return absl::StrFormat("%.4g ns", seconds * 1e9);
}

const FitGroup* FindGroup(const CostModel& model, const std::string& key) {
  for (const FitGroup& group : model.groups()) {
    if (group.key == key) return &group;
  }
  return nullptr;
}

std::string HeldOutText(const std::vector<HeldOut>& held_out) {
  std::string text;
  for (const bool extrapolated : {false, true}) {
    int inside = 0, close = 0;
    const HeldOut* worst = nullptr;
    std::vector<double> errors;
    for (const HeldOut& shape : held_out) {
      if (shape.extrapolated != extrapolated) continue;
      errors.push_back(std::abs(shape.relative_error));
      if (errors.back() <= shape.tolerance) ++inside;
      if (errors.back() <= kTolerance) ++close;
      if (worst == nullptr || errors.back() > std::abs(worst->relative_error)) worst = &shape;
    }
    if (errors.empty()) continue;
    std::sort(errors.begin(), errors.end());
    absl::StrAppendFormat(&text,
                          "    held out %s: %d of %d within the larger of 5 %% and 1.25 x spread, "
                          "%d within 5 %%; "
                          "median error %.1f %%; worst %+.1f %% at %s\n",
                          extrapolated ? "at the edge" : "inside the range", inside,
                          static_cast<int>(errors.size()), close, 100 * errors[errors.size() / 2],
                          100 * worst->relative_error, worst->shape);
  }
  return text.empty() ? "    held out: none possible\n" : text;
}

// One sentence for each thing that more samples would mend.
std::vector<std::string> Advice(const FitGroup& group, const std::vector<HeldOut>& held_out) {
  std::vector<std::string> advice;
  if (!group.residual_known) {
    advice.push_back("too few shapes to tell the error: measure more parameters or counts");
  }
  for (size_t j = 0; j < group.coefficients.size(); ++j) {
    const primitives::UsageSpec& item = group.spec->usage[j];
    if (group.usage_maximum[j] == 0) {
      if (!item.refines) advice.push_back(absl::StrCat("nothing measured has any ", item.name));
    } else if (group.coefficients[j] == 0) {
      advice.push_back(
          absl::StrCat("the unit cost of ", item.name, " is lost in the others: vary it more"));
    }
  }
  for (const HeldOut& shape : held_out) {
    if (!shape.extrapolated && std::abs(shape.relative_error) > 2 * shape.tolerance) {
      advice.push_back(absl::StrCat("repeat or refine around ", shape.shape));
    }
  }
  return advice;
}

}  // namespace

std::vector<HeldOut> LeaveOneOut(const FitGroup& group) {
  std::vector<HeldOut> held_out;
  for (size_t i = 0; i < group.shapes.size(); ++i) {
    FitGroup others = group;
    others.shapes.erase(others.shapes.begin() + static_cast<int64_t>(i));
    if (others.shapes.empty()) continue;
    cost::FitCoefficients(others);
    const ShapePoint& left_out = group.shapes[i];
    if (!others.Covers(left_out.usage)) continue;
    HeldOut result{.shape = ShapeText(left_out), .measured_seconds = left_out.median_seconds};
    result.predicted_seconds = others.Point(left_out.usage);
    result.relative_error = result.predicted_seconds / result.measured_seconds - 1;
    result.tolerance = std::max(kTolerance, kSpreadFactor * left_out.relative_spread);
    result.extrapolated = others.Extrapolates(left_out.usage);
    held_out.push_back(std::move(result));
  }
  return held_out;
}

std::string FitText(const CostModel& model) {
  std::string text;
  for (const FitGroup& group : model.groups()) {
    absl::StrAppendFormat(
        &text, "%s  (%d shapes, %d samples, residual %.1f %%%s)\n", group.key,
        static_cast<int>(group.shapes.size()), static_cast<int>(group.sample_count),
        100 * group.residual_relative_stddev, group.residual_known ? "" : ", assumed");
    for (size_t j = 0; j < group.coefficients.size(); ++j) {
      absl::StrAppendFormat(&text, "    %-12s +- %-10s each of %s\n", Time(group.coefficients[j]),
                            Time(std::sqrt(group.covariance[j][j])), group.spec->usage[j].meaning);
    }
  }
  return text;
}

std::string ReportText(const CostModel& model) {
  const cost::CalibrationTable& table = model.table();
  std::string text = absl::StrFormat(
      "%s\n  table %s, %s, %d samples, fit %s\n  %s %s on %s, %s\n\n", table.title,
      table.id.substr(0, 16), std::string(cost::OriginName(table.origin)),
      static_cast<int>(table.samples.size()), cost::kFitVersion, table.environment.backend,
      table.environment.backend_version, table.environment.machine, table.environment.date);
  std::vector<HeldOut> of_all;
  for (const FitGroup& group : model.groups()) {
    const std::vector<HeldOut> held_out = LeaveOneOut(group);
    of_all.insert(of_all.end(), held_out.begin(), held_out.end());
    absl::StrAppendFormat(&text, "%s  (%d shapes, %d samples)\n", group.key,
                          static_cast<int>(group.shapes.size()),
                          static_cast<int>(group.sample_count));
    for (size_t j = 0; j < group.coefficients.size(); ++j) {
      absl::StrAppendFormat(&text, "    %-12s each of %s\n", Time(group.coefficients[j]),
                            group.spec->usage[j].meaning);
    }
    absl::StrAppendFormat(&text, "    residual %.1f %%%s\n", 100 * group.residual_relative_stddev,
                          group.residual_known ? "" : " (assumed)");
    text += HeldOutText(held_out);
    for (const std::string& sentence : Advice(group, held_out)) {
      absl::StrAppend(&text, "    next: ", sentence, "\n");
    }
  }
  absl::StrAppend(&text, "all fits together\n", HeldOutText(of_all));
  return text;
}

bool MeasureTheSame(const CostModel& a, const CostModel& b) {
  return std::any_of(b.groups().begin(), b.groups().end(),
                     [&](const FitGroup& group) { return FindGroup(a, group.key) != nullptr; });
}

std::string DiffText(const CostModel& a, const CostModel& b) {
  std::string text =
      absl::StrFormat("a: %s (%s)\nb: %s (%s)\nb against a, on what b measured:\n", a.table().title,
                      a.table().id.substr(0, 16), b.table().title, b.table().id.substr(0, 16));
  for (const FitGroup& group : b.groups()) {
    double logs = 0, least = 0, largest = 0;
    int compared = 0;
    const FitGroup* same = FindGroup(a, group.key);
    for (const ShapePoint& shape : group.shapes) {
      if (same == nullptr || !same->Covers(shape.usage)) continue;
      const double before = same->Point(shape.usage);
      if (before <= 0) continue;
      const double ratio = group.Point(shape.usage) / before;
      least = compared == 0 ? ratio : std::min(least, ratio);
      largest = compared == 0 ? ratio : std::max(largest, ratio);
      logs += std::log(ratio);
      ++compared;
    }
    if (compared == 0) {
      absl::StrAppendFormat(&text, "  %-44s only in b\n", group.key);
    } else {
      absl::StrAppendFormat(&text, "  %-44s x %.3f  (%.3f to %.3f over %d shapes)\n", group.key,
                            std::exp(logs / compared), least, largest, compared);
    }
  }
  for (const FitGroup& group : a.groups()) {
    if (FindGroup(b, group.key) == nullptr) {
      absl::StrAppendFormat(&text, "  %-44s only in a\n", group.key);
    }
  }
  return text;
}

}  // namespace picost::calibrate
