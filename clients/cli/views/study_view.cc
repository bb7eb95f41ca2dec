#include "clients/cli/views/study_view.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/plot.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

constexpr int kPlotWidth = 68;
constexpr int kPlotHeight = 16;

std::string Plain(double value) { return absl::StrCat(value); }
std::string Seconds(double value) { return HumanSeconds(value); }
std::string Bytes(double value) { return HumanBytes(static_cast<int64_t>(value)); }
std::string Count(double value) { return WithSeparators(static_cast<int64_t>(value)); }

using Formatter = std::string (*)(double);

Formatter FormatterOf(std::string_view metric) {
  if (metric.ends_with("_seconds")) return Seconds;
  if (metric.ends_with("_bytes")) return Bytes;
  return metric == "relu_elements" || metric.ends_with("_flights") ? Count : Plain;
}

bool Minimised(const v1::Objective& objective) {
  return objective.goal() == v1::OBJECTIVE_GOAL_MINIMIZE;
}

// A budget is a oneof: the name of the field that is set, and its value.
struct Limit {
  std::string metric;
  double value = 0;
};

std::optional<Limit> LimitOf(const v1::SearchBudget& budget) {
  const auto* descriptor = budget.GetDescriptor();
  const auto* reflection = budget.GetReflection();
  const auto* field = reflection->GetOneofFieldDescriptor(budget, descriptor->oneof_decl(0));
  if (field == nullptr) return std::nullopt;
  const double value = field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_DOUBLE
                           ? reflection->GetDouble(budget, field)
                           : static_cast<double>(reflection->GetInt64(budget, field));
  return Limit{std::string(field->name()), value};
}

std::string Objectives(const v1::Study& study) {
  std::vector<std::string> parts;
  for (const v1::Objective& objective : study.objectives()) {
    parts.push_back(absl::StrCat(Minimised(objective) ? "least " : "most ", objective.metric()));
  }
  return absl::StrJoin(parts, ", ");
}

std::string Budgets(const v1::Study& study) {
  std::vector<std::string> parts;
  for (const v1::SearchBudget& budget : study.budgets()) {
    if (const auto limit = LimitOf(budget)) {
      parts.push_back(
          absl::StrCat(limit->metric, " <= ", FormatterOf(limit->metric)(limit->value)));
    }
  }
  return parts.empty() ? "none" : absl::StrJoin(parts, ", ");
}

// Which objectives a picture shows: the first that is a cost across, the first other up.
struct Picture {
  int across = 0;
  int up = 1;
};

std::optional<Picture> PictureOf(const v1::Study& study) {
  if (study.objectives_size() < 2) return std::nullopt;
  Picture picture;
  for (int i = 0; i < study.objectives_size(); ++i) {
    if (!Minimised(study.objectives(i))) continue;
    picture.across = i;
    break;
  }
  picture.up = picture.across == 0 ? 1 : 0;
  return picture;
}

void PrintPlot(const v1::Study& study, const Picture& picture, const std::vector<PlotPoint>& points,
               std::ostream& out) {
  const std::string& x = study.objectives(picture.across).metric();
  const std::string& y = study.objectives(picture.up).metric();
  PlotAxes axes{.x = x, .y = y, .format_x = FormatterOf(x), .format_y = FormatterOf(y)};
  for (const v1::SearchBudget& budget : study.budgets()) {
    const auto limit = LimitOf(budget);
    if (limit && limit->metric == x) axes.limit_x = limit->value;
  }
  const auto lines = Plot(points, axes, kPlotWidth, kPlotHeight);
  for (const std::string& line : lines) out << "  " << line << "\n";
  if (!lines.empty()) out << "  o on the front   . dominated   | budget\n";
}

std::vector<double> Column(const v1::TrialColumns& columns, const std::string& metric) {
  for (const v1::TrialColumn& column : columns.columns()) {
    if (column.name() != metric && column.name() != "metric." + metric) continue;
    std::vector<double> values(column.values().size() / sizeof(double));
    std::memcpy(values.data(), column.values().data(), values.size() * sizeof(double));
    if (values.size() == 1) values.resize(columns.row_count(), values[0]);
    return values;
  }
  return std::vector<double>(columns.row_count(), std::nan(""));
}

std::vector<PlotPoint> FrontPoints(const v1::ParetoFront& front, const Picture& picture) {
  std::vector<PlotPoint> points;
  for (const v1::FrontPoint& point : front.points()) {
    points.push_back({point.objective_values(picture.across), point.objective_values(picture.up),
                      /*strong=*/true});
  }
  return points;
}

std::string Short(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// Objectives that are not predicted: columns of their own.
std::vector<std::string> ReportedObjectives(const v1::Study& study) {
  std::vector<std::string> names;
  const auto* predicted = v1::SearchBudget::descriptor();
  for (const v1::Objective& objective : study.objectives()) {
    if (predicted->FindFieldByName(objective.metric()) == nullptr) {
      names.push_back(objective.metric());
    }
  }
  return names;
}

std::optional<double> Reported(const v1::Trial& trial, const std::string& metric) {
  for (const v1::ReportedMetric& one : trial.metrics()) {
    if (one.metric() == metric) return one.value();
  }
  return std::nullopt;
}

std::vector<std::string> TrialCells(const v1::Study& study, const v1::Trial& trial, bool csv) {
  const v1::EditTotals& totals = trial.totals();
  const auto seconds = [csv](const v1::PhaseTotals& phase) {
    if (!phase.has_latency_seconds()) return std::string(csv ? "" : "-");
    const double value = phase.latency_seconds().p50();
    return csv ? ExactNumber(value) : HumanSeconds(value);
  };
  const int64_t bytes =
      totals.online().client_to_server_bytes() + totals.online().server_to_client_bytes() +
      totals.offline().client_to_server_bytes() + totals.offline().server_to_client_bytes();
  std::vector<std::string> cells = {
      Short(trial.name()),
      seconds(totals.online()),
      seconds(totals.offline()),
      csv ? absl::StrCat(bytes) : HumanBytes(bytes),
      csv ? absl::StrCat(totals.relu_elements()) : WithSeparators(totals.relu_elements()),
      trial.feasible() ? "yes" : "no"};
  for (const std::string& metric : ReportedObjectives(study)) {
    const auto value = Reported(trial, metric);
    cells.push_back(!value ? csv ? "" : "-" : csv ? ExactNumber(*value) : absl::StrCat(*value));
  }
  cells.push_back(absl::StrJoin(trial.tags(), " "));
  return cells;
}

void PrintLine(std::vector<std::string> cells, std::ostream& out) {
  constexpr size_t kWidth = 12;
  std::string line;
  for (std::string& cell : cells) {
    cell = Printable(cell);
    absl::StrAppend(&line, std::string(cell.size() < kWidth ? kWidth - cell.size() : 0, ' '), cell,
                    "  ");
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out << line << std::endl;  // at once: somebody watches
}

}  // namespace

void PrintStudies(const v1::ListStudiesResponse& studies, bool csv, std::ostream& out) {
  if (csv) {
    PrintCsvRow(out, {"name", "display_name", "trials", "objectives", "budgets"});
    for (const v1::Study& study : studies.studies()) {
      PrintCsvRow(out, {study.name(), study.display_name(), absl::StrCat(study.trial_count()),
                        Objectives(study), Budgets(study)});
    }
    return;
  }
  if (studies.studies().empty()) {
    out << "No studies. `picost study create` makes one, and the Python client: "
           "client.create_study(\"mine\", online_seconds=2.0).\n";
    return;
  }
  Table table({{"study", Align::kLeft},
               {"trials"},
               {"objectives", Align::kLeft},
               {"budgets", Align::kLeft},
               {"name", Align::kLeft}});
  for (const v1::Study& study : studies.studies()) {
    table.AddRow({Short(study.name()), WithSeparators(study.trial_count()), Objectives(study),
                  Budgets(study), Printable(study.display_name())});
  }
  table.Print(out);
}

void PrintStudy(const v1::Study& study, const v1::ParetoFront& front,
                const v1::TrialColumns& columns, std::ostream& out) {
  out << study.name();
  if (!study.display_name().empty()) out << ": " << Printable(study.display_name());
  out << "\n\n";
  out << "  objectives   " << Objectives(study) << "\n"
      << "  budgets      " << Budgets(study) << "\n"
      << "  trials       " << WithSeparators(front.trial_count()) << ", "
      << WithSeparators(front.feasible_count()) << " keep the budgets, " << front.points_size()
      << " on the front\n";
  if (front.has_hypervolume()) out << "  hypervolume  " << front.hypervolume() << "\n";
  const auto picture = PictureOf(study);
  if (!picture) return;
  out << "\n";
  std::vector<PlotPoint> points = FrontPoints(front, *picture);
  const auto x = Column(columns, study.objectives(picture->across).metric());
  const auto y = Column(columns, study.objectives(picture->up).metric());
  for (size_t i = 0; i < x.size(); ++i) points.push_back({x[i], y[i]});
  PrintPlot(study, *picture, points, out);
  if (columns.row_count() < front.trial_count()) {
    out << "  (the last " << WithSeparators(columns.row_count()) << " trials)\n";
  }
}

void PrintFront(const v1::Study& study, const v1::ParetoFront& front, bool csv, std::ostream& out) {
  std::vector<Table::Column> columns = {{"trial"}};
  std::vector<std::string> names = {"trial"};
  for (const v1::Objective& objective : study.objectives()) {
    columns.push_back({objective.metric()});
    names.push_back(objective.metric());
  }
  if (csv) PrintCsvRow(out, names);
  Table table(columns);
  for (const v1::FrontPoint& point : front.points()) {
    std::vector<std::string> cells = {csv ? point.trial() : Short(point.trial())};
    for (int i = 0; i < point.objective_values_size(); ++i) {
      const double value = point.objective_values(i);
      cells.push_back(csv ? ExactNumber(value) : FormatterOf(study.objectives(i).metric())(value));
    }
    if (csv) {
      PrintCsvRow(out, cells);
    } else {
      table.AddRow(cells);
    }
  }
  if (csv) return;
  if (table.empty()) {
    out << "No trial has all objectives yet.\n";
    return;
  }
  table.Print(out);
  if (front.has_hypervolume()) out << "\n  hypervolume " << front.hypervolume() << "\n";
  if (const auto picture = PictureOf(study)) {
    out << "\n";
    PrintPlot(study, *picture, FrontPoints(front, *picture), out);
  }
}

void PrintTrialHeader(const v1::Study& study, bool csv, std::ostream& out) {
  std::vector<std::string> cells =
      csv ? std::vector<std::string>{"trial",       "online_seconds", "offline_seconds",
                                     "total_bytes", "relu_elements",  "feasible"}
          : std::vector<std::string>{"trial", "online", "offline", "bytes", "ReLUs", "feasible"};
  for (const std::string& metric : ReportedObjectives(study)) cells.push_back(metric);
  cells.push_back("tags");
  if (csv) {
    PrintCsvRow(out, cells);
  } else {
    PrintLine(cells, out);
  }
}

void PrintTrial(const v1::Study& study, const v1::Trial& trial, bool csv, std::ostream& out) {
  if (csv) {
    PrintCsvRow(out, TrialCells(study, trial, csv));
    out.flush();
  } else {
    PrintLine(TrialCells(study, trial, csv), out);
  }
}

}  // namespace picost::cli
