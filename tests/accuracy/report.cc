#include "tests/accuracy/report.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "estimator/cost/data_directory.h"
#include "estimator/primitives/catalog.h"
#include "estimator/protocols/protocol.h"
#include "tests/accuracy/baselines.h"
#include "tests/accuracy/published.h"
#include "tests/accuracy/scoring.h"
#include "tests/accuracy/summary.h"

namespace picost::accuracy {
namespace {

std::string Percent(double share) { return absl::StrFormat("%.1f %%", 100 * share); }
std::string Signed(double share) { return absl::StrFormat("%+.1f %%", 100 * share); }

double ShareWithin(const std::vector<Score>& scores, double limit) {
  int64_t within = 0;
  for (const Score& score : scores) within += std::abs(score.Error()) <= limit ? 1 : 0;
  return scores.empty() ? 0 : static_cast<double>(within) / static_cast<double>(scores.size());
}

double Worst(const std::vector<Score>& scores) {
  double worst = 0;
  for (const Score& score : scores) worst = std::max(worst, std::abs(score.Error()));
  return worst;
}

std::string SummaryRow(const std::string& name, const std::vector<Score>& scores) {
  return absl::StrFormat("| %s | %d | %s | %s | %s | %s | %s | %s |\n", name,
                         static_cast<int>(scores.size()), Percent(ShareWithin(scores, 0.05)),
                         Percent(ShareWithin(scores, 0.10)), Percent(ShareWithin(scores, 0.20)),
                         Percent(MeanAbsoluteError(scores)), Signed(MedianError(scores)),
                         Percent(Worst(scores)));
}

constexpr char kSummaryHead[] =
    "| | n | within 5 % | 10 % | 20 % | mean absolute error | median signed error | worst |\n"
    "|---|---|---|---|---|---|---|---|\n";

std::string Runs(const std::vector<Score>& networks) {
  std::string page =
      "## Whole networks\n\n"
      "Seconds of the client, median and standard deviation of the repetitions, against the "
      "estimate; the 90 % interval is made without any layer of the network in question. Bytes "
      "and flights: form against meter.\n\n"
      "| backend | network | link | measured | runs | predicted | error | interval | inside | "
      "bytes up | bytes down | flights |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Score& s : networks) {
    const auto bytes = [](Bytes planned, Bytes metered) {
      return absl::StrFormat(
          "%+.3f %%",
          100 * (static_cast<double>(planned.value()) / static_cast<double>(metered.value()) - 1));
    };
    absl::StrAppendFormat(
        &page,
        "| %s | %s | %s | %.3f +- %.3f s | %d | %.3f s | %s | %.2f to %.2f s | %d of %d | "
        "%s | %s | %d / %d |\n",
        s.backend, s.run, s.network, s.median, s.spread, static_cast<int>(s.measured.size()),
        s.predicted, Signed(s.Error()), s.interval.low, s.interval.high, s.Inside(),
        static_cast<int>(s.measured.size()),
        bytes(s.planned.client_to_server, s.metered.client_to_server),
        bytes(s.planned.server_to_client, s.metered.server_to_client), s.planned.flights.value(),
        s.metered.flights.value());
  }
  return page + "\n";
}

std::string Baselines(const std::vector<Score>& networks, const std::string& data_path) {
  std::string page =
      "## Against the models that papers use\n\n"
      "On the same runs. The first two take their constants from the same backend's other "
      "networks, over all links; the third adds up the layers' loopback seconds.\n\n";
  page += kSummaryHead + SummaryRow("this model", networks);
  for (const Baseline& baseline : ScoreBaselines(networks, data_path)) {
    page += SummaryRow(baseline.name, baseline.scores);
  }
  std::map<std::string, std::vector<Score>> groups;
  for (const Score& score : networks) {
    groups[score.backend + " over " + score.network].push_back(score);
  }
  for (const auto& [name, scores] : groups) page += SummaryRow("this model, " + name, scores);
  return page + "\n";
}

std::string Shapes(const std::vector<Score>& shapes) {
  std::string page =
      "## Operations, each shape predicted by a fit without it\n\n"
      "Against medians by shape; shapes of at least 1,024 elements. The limit of a class is its "
      "bound, or 1.25 times the mean standard error of the medians where that is larger.\n\n"
      "| backend | class | shapes | mean absolute error | standard error of medians | limit | |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const ClassSummary& c : SummariseClasses(shapes)) {
    absl::StrAppendFormat(&page, "| %s | %s | %d | %s | %s | %s | %s |\n", c.backend, c.name,
                          c.shapes, Percent(c.mean_absolute_error),
                          Percent(c.median_standard_error), Percent(c.Limit()),
                          c.mean_absolute_error <= c.Limit() ? "met" : "**missed**");
  }
  page +=
      "\n| operation | shapes | mean absolute error | median signed error | standard error of "
      "medians | rows inside the interval |\n|---|---|---|---|---|---|\n";
  std::map<std::string, std::vector<Score>> operations;
  for (const Score& score : shapes) {
    const std::string table = score.backend + ": " + score.operation;
    if (score.elements >= kScoredElements || score.operation.find('.') == std::string::npos ||
        score.backend == "emp" || score.backend == "seal" || score.backend == "delphi") {
      operations[table].push_back(score);
    }
  }
  for (const auto& [name, scores] : operations) {
    double error = 0;
    Coverage coverage;
    for (const Score& score : scores) {
      error += score.MedianStandardError() / score.median / static_cast<double>(scores.size());
      coverage.inside += score.Inside();
      coverage.rows += static_cast<int64_t>(score.measured.size());
    }
    absl::StrAppendFormat(&page, "| %s | %d | %s | %s | %s | %d of %d |\n", name,
                          static_cast<int>(scores.size()), Percent(MeanAbsoluteError(scores)),
                          Signed(MedianError(scores)), Percent(error), coverage.inside,
                          coverage.rows);
  }
  return page + "\n";
}

std::string Intervals(const std::vector<Score>& layers) {
  std::string page =
      "## Do 90 % intervals hold 90 %?\n\n"
      "Every repetition of every layer of the runs is one row; the interval is calibrated on the "
      "other networks only. Range: 95 % Wilson interval of the share.\n\n"
      "| rows of | rows | inside | share | range | 85 to 95 %, from 200 rows |\n"
      "|---|---|---|---|---|---|\n";
  for (const auto& [name, c] : SummariseCoverage(layers)) {
    const bool good = c.Share() >= 0.85 && c.Share() <= 0.95;
    absl::StrAppendFormat(&page, "| %s | %d | %d | %s | %s to %s | %s |\n", name, c.rows, c.inside,
                          Percent(c.Share()), Percent(c.Low()), Percent(c.High()),
                          c.rows < 200 ? "" : (good ? "met" : "**missed**"));
  }
  return page + "\n";
}

std::string Ordering(const RunScores& scores) {
  const Order runs = OrderOf(scores.networks);
  const Order layers = OrderOf(scores.layers);
  const auto share = [](const Order& order, int64_t without) {
    return Percent(static_cast<double>(order.correct) / static_cast<double>(order.pairs - without));
  };
  std::string page = absl::StrFormat(
      "## Is the order right?\n\n"
      "Pairs of one backend and link whose measured difference exceeds twice the spread of its "
      "repetitions (the standard deviation of the difference; single rows have the median spread "
      "of their operation). Runs: %d of %d are ordered as measured. Layers of one operation: %d "
      "of %d (%s). The others include %d pairs of equal operations at different places of a "
      "network, which no model of operations can order; without them %s.\n\n",
      runs.correct, runs.pairs, layers.correct, layers.pairs, share(layers, 0), layers.equal,
      share(layers, layers.equal));
  return page;
}

// Rows in which the layer with more ReLUs (or MACs) is the faster one.
std::string WhatOrdersLayers(const std::vector<Score>& layers) {
  std::string page =
      "### Where ReLUs and MACs do not order the layers\n\n"
      "Over `wan1`, layers of `resnet32` under cheetah (seconds measured, predicted):\n\n"
      "| layer | elements | measured | predicted |\n|---|---|---|---|\n";
  std::set<std::pair<std::string, int64_t>> shown;
  for (const Score& s : layers) {
    if (s.network != "wan1" || s.run != "resnet32" || s.backend != "cheetah") continue;
    if (!s.operation.ends_with("relu_trunc") && !s.operation.ends_with("ewmul_he")) continue;
    if (!shown.insert({s.operation, s.elements}).second) continue;
    absl::StrAppendFormat(&page, "| %s | %d | %.3f s | %.3f s |\n", s.operation, s.elements,
                          s.median, s.predicted);
  }
  page +=
      "\nFour times the ReLUs cost far less than twice the time: flights, which do not depend on "
      "the number of ReLUs, order these layers. On loopback, convolutions of equal MACs differ by "
      "their ciphertexts:\n\n| layer | outputs | measured | predicted |\n|---|---|---|---|\n";
  shown.clear();
  for (const Score& s : layers) {
    if (s.network != "lo" || s.run != "resnet18c_frac10" || !s.operation.ends_with("conv")) {
      continue;
    }
    if (!shown.insert({s.shape, s.elements}).second) continue;
    absl::StrAppendFormat(&page, "| %d | %d | %.3f s | %.3f s |\n", s.layer, s.elements, s.median,
                          s.predicted);
  }
  return page + "\n";
}

// Sums of layers by kind: a network's homomorphic and interactive parts.
std::string Kinds(const std::vector<Score>& layers) {
  std::map<std::string, std::pair<double, double>> sums;  // measured, predicted
  for (const Score& s : layers) {
    const bool homomorphic = s.operation.ends_with(".conv") || s.operation.ends_with(".fc") ||
                             s.operation.ends_with(".ewmul_he") || s.operation.ends_with(".bn");
    auto& [measured, predicted] =
        sums[absl::StrCat(s.backend, " | ", s.run, " | ", s.network, " | ",
                          homomorphic ? "homomorphic" : "interactive")];
    measured += s.median;
    predicted += s.predicted;
  }
  std::string page =
      "## Homomorphic and interactive layers of whole networks\n\n"
      "Sums over the layers of a run: medians against estimates.\n\n"
      "| backend | network | link | layers | measured | predicted | error |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const auto& [name, sum] : sums) {
    absl::StrAppendFormat(&page, "| %s | %.3f s | %.3f s | %s |\n", name, sum.first, sum.second,
                          Signed(sum.second / sum.first - 1));
  }
  return page + "\n";
}

std::string AllShapes(const std::vector<Score>& shapes) {
  std::string page =
      "## Every shape that was left out\n\n"
      "Median and standard deviation of the repetitions; the prediction and its 90 % interval are "
      "of the fit without the shape.\n\n"
      "| backend | operation | shape | measured | runs | predicted | error | inside |\n"
      "|---|---|---|---|---|---|---|---|\n";
  const auto milli = [](double seconds) { return absl::StrFormat("%.4g", 1e3 * seconds); };
  for (const Score& s : shapes) {
    absl::StrAppendFormat(&page, "| %s | %s | %s | %s +- %s ms | %d | %s ms | %s | %d of %d |\n",
                          s.backend, s.operation, s.shape, milli(s.median), milli(s.spread),
                          static_cast<int>(s.measured.size()), milli(s.predicted),
                          Signed(s.Error()), s.Inside(), static_cast<int>(s.measured.size()));
  }
  return page + "\n";
}

std::string PublishedMakespans(const std::string& data_path) {
  std::string page =
      "### Layers on several threads\n\n"
      "HE evaluation of ResNet-18's 17 convolutions, one layer per thread, as published; predicted "
      "by packing the published layers, the longest first. Contention for memory and caches is "
      "not modelled, so that estimates with more threads than a table was measured with are "
      "flagged `extrapolated`. With 9 and 12 threads the published code left two long layers to "
      "one thread (31.7 s + 17.1 s); packing would not.\n\n"
      "| threads | published | packed | error |\n|---|---|---|---|\n";
  for (const Score& s : ScorePublishedMakespans(data_path)) {
    absl::StrAppendFormat(&page, "| %d | %.1f s | %.1f s | %s |\n", s.layer, s.median, s.predicted,
                          Signed(s.Error()));
  }
  return page + "\n";
}

std::string Published(const std::string& data_path) {
  std::string page =
      "## DELPHI's published phases (CIFAR-10)\n\n"
      "The published table against the figures it was made of: phases by network, HE evaluation "
      "by layer. Key generation is one figure for all.\n\n"
      "| phase | network | published | table | error |\n|---|---|---|---|---|\n";
  for (const Score& s : ScorePublishedPhases(data_path)) {
    absl::StrAppendFormat(&page, "| %s | %s | %.4f s | %.4f s | %s |\n", s.operation,
                          s.shape.empty() ? s.run : s.run + " (" + s.shape + ")", s.median,
                          s.predicted, Signed(s.Error()));
  }
  for (const Score& s : ScorePublishedEvaluations(data_path)) {
    absl::StrAppendFormat(&page, "| %s, all layers | %s | %.4f s | %.4f s | %s |\n", s.operation,
                          s.run, s.median, s.predicted, Signed(s.Error()));
  }
  page +=
      "\nNot met: *online encoding* is 2.8, 3.6 and 4.0 microseconds per ReLU in the three "
      "networks. No function of the layers' sizes gives that: ResNet-18 has the larger layers "
      "than VGG-16 and takes more per ReLU, ResNet-32 the smaller ones and takes more still. "
      "*Online linear* needs a cost of each call beside its multiply-adds, and VGG-16's layers of "
      "4,096 features take more than both explain: 25 million weights are read for one "
      "multiply-add each. A third constant would fit three figures whatever they were.\n\n";
  return page + PublishedMakespans(data_path);
}

std::string Matrix(const std::string& data_path) {
  const auto data = cost::DataDirectory::Load(data_path);
  if (!data.ok()) std::abort();
  // primitive -> tables with samples of it
  std::map<std::string, std::vector<std::string>> tables;
  for (const cost::NamedTable& table : (*data)->tables()) {
    std::set<std::string> ids;
    for (const cost::Sample& sample : table.model->table().samples) {
      ids.insert(sample.primitive);
      for (const cost::NestedUse& use : sample.nested) ids.insert(use.primitive);
    }
    for (const std::string& id : ids) {
      tables[id].push_back(absl::StrCat(table.name, " (",
                                        std::string(OriginName(table.model->table().origin)), ")"));
    }
  }
  std::string page =
      "## Which primitive of which protocol has a table\n\n"
      "\"no work\": only its bytes and flights cost time.\n\n"
      "| primitive | protocols | tables |\n|---|---|---|\n";
  for (const primitives::PrimitiveSpec* spec : primitives::AllPrimitives()) {
    std::vector<std::string> users;
    for (const protocols::Protocol* protocol : protocols::AllProtocols()) {
      const std::vector<std::string>& ids = protocol->info().primitives;
      if (std::find(ids.begin(), ids.end(), spec->id) != ids.end()) {
        users.push_back(protocol->info().id);
      }
    }
    const auto found = tables.find(spec->id);
    absl::StrAppend(&page, "| ", spec->id, " | ", absl::StrJoin(users, ", "), " | ",
                    spec->usage.empty()     ? "no work"
                    : found == tables.end() ? "none"
                                            : absl::StrJoin(found->second, ", "),
                    " |\n");
  }
  return page;
}

}  // namespace

std::string AccuracyReport(const std::string& data_path) {
  const auto data = cost::DataDirectory::Load(data_path);
  if (!data.ok()) std::abort();
  std::vector<Score> shapes;
  for (const cost::NamedTable& table : (*data)->tables()) {
    for (Score& score : ScoreShapes(*table.model)) shapes.push_back(std::move(score));
  }
  const RunScores runs = ScoreRuns(data_path);
  std::string page =
      "# How accurate the estimates are\n\n"
      "Generated: `bazel run //tests/accuracy:report > docs/accuracy.md`. Do not edit. "
      "docs/cost_model.md explains the model; data/runs and data/calibration hold every figure "
      "used here. No run is in a fit; intervals scored on a run never saw it (a test reads the "
      "fits' provenance).\n\n";
  page += Baselines(runs.networks, data_path);
  page += Runs(runs.networks);
  page += Kinds(runs.layers);
  page += Shapes(shapes);
  page += Intervals(runs.layers);
  page += Ordering(runs);
  page += WhatOrdersLayers(runs.layers);
  page += Published(data_path);
  page += Matrix(data_path);
  page += AllShapes(shapes);
  return page;
}

}  // namespace picost::accuracy
