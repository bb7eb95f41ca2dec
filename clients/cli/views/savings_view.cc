#include "clients/cli/views/savings_view.h"

#include <cstdint>
#include <string>
#include <vector>

#include "clients/cli/views/numbers.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

std::vector<int64_t> Figures(const v1::PlanTotals& totals) {
  return {totals.counts().relu_elements(),
          totals.counts().comparisons(),
          totals.counts().macs(),
          totals.setup().client_to_server_bytes() + totals.setup().server_to_client_bytes(),
          totals.offline().client_to_server_bytes(),
          totals.offline().server_to_client_bytes(),
          totals.offline().flights(),
          totals.online().client_to_server_bytes(),
          totals.online().server_to_client_bytes(),
          totals.online().flights()};
}

std::vector<std::string> Row(std::string name, std::string what,
                             const std::vector<int64_t>& figures) {
  std::vector<std::string> row = {std::move(name), std::move(what)};
  for (int64_t figure : figures) row.push_back(WithSeparators(figure));
  return row;
}

std::string Kind(const v1::RewriteStep& step) {
  if (!step.changed()) return "nothing to rewrite";
  return step.exact() ? "exact" : "needs retraining";
}

}  // namespace

void PrintSavings(const v1::ProtocolPlan& plan, std::ostream& out) {
  if (plan.rewrites().empty()) return;
  Table table({{"what each rewrite saves", Align::kLeft},
               {"", Align::kLeft},
               {"ReLUs"},
               {"comparisons"},
               {"MACs"},
               {"setup B"},
               {"offline c->s B"},
               {"offline s->c B"},
               {"flights"},
               {"online c->s B"},
               {"online s->c B"},
               {"flights"}});
  const auto refused = [](const v1::PlanTotals& totals) { return !totals.refusal().empty(); };
  const v1::PlanTotals* before = &plan.unrewritten();
  table.AddRow(Row("(without them)", refused(*before) ? "refused" : "", Figures(*before)));
  for (const v1::RewriteStep& step : plan.rewrites()) {
    const std::string id = step.rewrite().substr(step.rewrite().find('/') + 1);
    std::vector<int64_t> saved = Figures(step.after());
    const std::vector<int64_t> old = Figures(*before);
    for (size_t i = 0; i < saved.size(); ++i) saved[i] = old[i] - saved[i];
    if (refused(*before) != refused(step.after())) {
      table.AddRow(Row(id, refused(step.after()) ? "refused after it" : "planned after it", {}));
    } else {
      table.AddRow(Row(id, Kind(step), saved));
    }
    before = &step.after();
  }
  table.AddRow(Row("(with them)", "", Figures(*before)));
  out << "\n";
  table.Print(out);
}

}  // namespace picost::cli
