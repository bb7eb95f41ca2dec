#include "service/convert/edits.h"

#include <cmath>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/interval.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/node_attributes.h"

namespace picost::service {
namespace {

using primitives::Phase;
using whatif::Metric;

absl::Status Invalid(std::string what, std::string field, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.field = std::move(field), .mend = std::move(mend)});
}

void ToProto(const Interval& from, v1::Interval& to) {
  to.set_p50(from.p50);
  to.set_mean(from.mean);
  to.set_standard_deviation(from.standard_deviation);
  to.set_low(from.low);
  to.set_high(from.high);
  to.set_level(from.level);
}

void ToProto(const cost::PhaseCost& from, v1::PhaseTotals& to) {
  to.set_client_to_server_bytes(from.traffic.client_to_server.value());
  to.set_server_to_client_bytes(from.traffic.server_to_client.value());
  to.set_flights(from.traffic.flights.value());
  if (from.latency_seconds) ToProto(*from.latency_seconds, *to.mutable_latency_seconds());
}

absl::StatusOr<whatif::EditOperation> Keep(const v1::KeepRelus& from, const std::string& field) {
  whatif::KeepRelus keep{.node = from.node()};
  switch (from.kept_case()) {
    case v1::KeepRelus::kCount:
      keep.count = from.count();
      return keep;
    case v1::KeepRelus::kChannels:
      keep.granularity = whatif::Granularity::kChannel;
      keep.channels.assign(from.channels().channels().begin(), from.channels().channels().end());
      return keep;
    case v1::KeepRelus::kPixels:
      keep.granularity = whatif::Granularity::kPixel;
      keep.bitmap = from.pixels();
      return keep;
    case v1::KeepRelus::kMask:
      keep.granularity = whatif::Granularity::kMask;
      keep.bitmap = from.mask();
      return keep;
    case v1::KeepRelus::KEPT_NOT_SET:
      break;
  }
  return Invalid("keep_relus says nothing of what is kept", absl::StrCat(field, ".keep_relus.kept"),
                 "Set count, channels, pixels or mask.");
}

struct OperationToProto {
  v1::EditOperation& to;

  void operator()(const whatif::KeepRelus& keep) const {
    v1::KeepRelus& out = *to.mutable_keep_relus();
    out.set_node(keep.node);
    switch (keep.granularity) {
      case whatif::Granularity::kLayer:
        out.set_count(keep.count);
        return;
      case whatif::Granularity::kChannel:
        for (const int64_t channel : keep.channels) {
          out.mutable_channels()->add_channels(channel);
        }
        return;
      case whatif::Granularity::kPixel:
        out.set_pixels(keep.bitmap);
        return;
      case whatif::Granularity::kMask:
        out.set_mask(keep.bitmap);
        return;
    }
  }
  void operator()(const whatif::ReplaceActivation& replace) const {
    to.mutable_replace_activation()->set_node(replace.node);
    to.mutable_replace_activation()->set_degree(replace.degree);
    to.mutable_replace_activation()->set_scheme(replace.scheme);
  }
  void operator()(const whatif::RemoveActivation& remove) const {
    to.mutable_remove_activation()->set_node(remove.node);
  }
  void operator()(const whatif::ResizeChannels& resize) const {
    to.mutable_resize_channels()->set_node(resize.node);
    to.mutable_resize_channels()->set_channels(resize.channels);
  }
  void operator()(const whatif::SwapPool& swap) const {
    to.mutable_swap_pool()->set_node(swap.node);
    to.mutable_swap_pool()->set_kind(swap.kind == graph::PoolKind::kMax ? v1::POOL_SWAP_MAX
                                                                        : v1::POOL_SWAP_AVERAGE);
  }
  void operator()(const whatif::MergeLinear& merge) const {
    to.mutable_merge_linear()->set_node(merge.node);
  }
};

// Sums and differences of integers below 2^53 are whole numbers.
int64_t Whole(double value) { return static_cast<int64_t>(value); }

}  // namespace

absl::StatusOr<whatif::EditOperation> FromProto(const v1::EditOperation& from,
                                                const std::string& field) {
  switch (from.operation_case()) {
    case v1::EditOperation::kKeepRelus:
      return Keep(from.keep_relus(), field);
    case v1::EditOperation::kReplaceActivation:
      return whatif::ReplaceActivation{.node = from.replace_activation().node(),
                                       .degree = from.replace_activation().degree(),
                                       .scheme = from.replace_activation().scheme()};
    case v1::EditOperation::kRemoveActivation:
      return whatif::RemoveActivation{from.remove_activation().node()};
    case v1::EditOperation::kResizeChannels:
      return whatif::ResizeChannels{from.resize_channels().node(),
                                    from.resize_channels().channels()};
    case v1::EditOperation::kSwapPool:
      if (from.swap_pool().kind() != v1::POOL_SWAP_MAX &&
          from.swap_pool().kind() != v1::POOL_SWAP_AVERAGE) {
        return Invalid("swap_pool names no kind", absl::StrCat(field, ".swap_pool.kind"),
                       "Use POOL_SWAP_MAX or POOL_SWAP_AVERAGE.");
      }
      return whatif::SwapPool{from.swap_pool().node(), from.swap_pool().kind() == v1::POOL_SWAP_MAX
                                                           ? graph::PoolKind::kMax
                                                           : graph::PoolKind::kAverage};
    case v1::EditOperation::kMergeLinear:
      return whatif::MergeLinear{from.merge_linear().node()};
    case v1::EditOperation::OPERATION_NOT_SET:
      break;
  }
  return Invalid("an operation is empty", field, "Set one kind of operation.");
}

absl::StatusOr<std::vector<whatif::EditOperation>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::EditOperation>& from, const std::string& field) {
  constexpr int kMost = 4096;
  if (from.size() > kMost) {
    return Invalid(absl::StrCat(from.size(), " operations"), field,
                   absl::StrCat("Send at most ", kMost, "."));
  }
  std::vector<whatif::EditOperation> operations;
  for (int i = 0; i < from.size(); ++i) {
    PICOST_ASSIGN_OR_RETURN(whatif::EditOperation one,
                            FromProto(from[i], absl::StrCat(field, "[", i, "]")));
    operations.push_back(std::move(one));
  }
  return operations;
}

void ToProto(const whatif::EditOperation& from, v1::EditOperation& to) {
  std::visit(OperationToProto{to}, from);
}

void ToProto(const whatif::EditTotals& from, v1::EditTotals& to) {
  ToProto(from.phases[static_cast<int>(Phase::kSetup)], *to.mutable_setup());
  ToProto(from.phases[static_cast<int>(Phase::kOffline)], *to.mutable_offline());
  ToProto(from.phases[static_cast<int>(Phase::kOnline)], *to.mutable_online());
  to.set_client_storage_bytes(from.client_storage.value());
  to.set_server_storage_bytes(from.server_storage.value());
  to.set_relu_elements(from.relu_elements);
  to.set_extrapolated(from.extrapolated);
}

void ToProto(const whatif::MetricValues& from, v1::SearchCosts& to) {
  const auto at = [&from](Metric metric) { return from[static_cast<size_t>(metric)]; };
  if (const double s = at(Metric::kOnlineSeconds); !std::isnan(s)) to.set_online_seconds(s);
  if (const double s = at(Metric::kOfflineSeconds); !std::isnan(s)) to.set_offline_seconds(s);
  if (const double s = at(Metric::kTotalSeconds); !std::isnan(s)) to.set_total_seconds(s);
  to.set_online_bytes(Whole(at(Metric::kOnlineBytes)));
  to.set_offline_bytes(Whole(at(Metric::kOfflineBytes)));
  to.set_total_bytes(Whole(at(Metric::kTotalBytes)));
  to.set_online_flights(Whole(at(Metric::kOnlineFlights)));
  to.set_client_storage_bytes(Whole(at(Metric::kClientStorageBytes)));
  to.set_relu_elements(Whole(at(Metric::kReluElements)));
}

void ToProto(const whatif::CostTable& from, v1::CostTable& to) {
  ToProto(from.base, *to.mutable_base());
  // Rounded up: a bound stays one.
  whatif::MetricValues errors = from.error;
  for (size_t m = static_cast<size_t>(Metric::kOnlineBytes); m < errors.size(); ++m) {
    errors[m] = std::ceil(errors[m]);
  }
  ToProto(errors, *to.mutable_errors());
  for (const whatif::TableLayer& layer : from.layers) {
    v1::TableLayer& out = *to.add_layers();
    out.set_node(layer.node);
    out.set_kind(layer.kind);
    out.set_elements(layer.elements);
    for (const whatif::TableChoice& choice : layer.choices) {
      v1::TableChoice& row = *out.add_choices();
      ToProto(choice.operation, *row.mutable_operation());
      row.set_kept_elements(choice.kept_elements);
      ToProto(choice.cost, *row.mutable_added());
      ToProto(choice.standard_deviation, *row.mutable_standard_deviations());
      for (const int64_t draws : choice.draws) row.add_draws(draws);
    }
  }
  for (const whatif::TablePool& pool : from.pools) {
    v1::TablePool& out = *to.add_pools();
    out.set_pool(pool.pool);
    out.set_yield(pool.yield);
    out.set_base_draws(pool.base_draws);
    ToProto(pool.refill, *out.mutable_refill());
  }
  for (const whatif::TableWidth& width : from.widths) {
    v1::TableWidth& out = *to.add_widths();
    for (const std::string& node : width.nodes) out.add_nodes(node);
    for (const whatif::WidthChoice& choice : width.choices) {
      v1::WidthChoice& row = *out.add_choices();
      row.set_channel_share(choice.share);
      for (const whatif::EditOperation& operation : choice.operations) {
        ToProto(operation, *row.add_operations());
      }
      ToProto(choice.cost, *row.mutable_added());
      for (const int64_t draws : choice.draws) row.add_draws(draws);
    }
  }
  for (const whatif::TableInteraction& pair : from.interactions) {
    v1::TableInteraction& out = *to.add_interactions();
    out.set_width(pair.width);
    out.set_width_choice(pair.width_choice);
    if (pair.other_is_width) {
      out.set_other_width(pair.other);
    } else {
      out.set_layer(pair.other);
    }
    out.set_other_choice(pair.other_choice);
    ToProto(pair.cost, *out.mutable_added());
    for (const int64_t draws : pair.draws) out.add_draws(draws);
  }
}

void ToProto(const whatif::BudgetAnswer& from, v1::Allocation& to) {
  for (const whatif::EditOperation& operation : from.operations) {
    ToProto(operation, *to.add_operations());
  }
  to.set_total_importance(from.value);
  to.set_importance_bound(from.value_bound);
  to.set_gap_relative_bound(from.Gap());
  whatif::MetricValues costs = {};
  for (const Metric metric : whatif::kMetrics) {
    costs[static_cast<size_t>(metric)] =
        whatif::MetricValue(from.totals, metric).value_or(std::nan(""));
  }
  ToProto(costs, *to.mutable_costs());
  ToProto(from.totals, *to.mutable_totals());
}

void ToProto(const whatif::Capacity& from, v1::Capacity& to) {
  to.set_offline_seconds(from.offline_seconds);
  to.set_online_seconds(from.online_seconds);
  if (from.stockpile) to.set_stockpile(*from.stockpile);
  to.set_sustainable_per_second(from.sustainable_per_second);
  to.set_utilization(from.utilization);
  if (from.wait_with_stock_seconds) to.set_wait_with_stock_seconds(*from.wait_with_stock_seconds);
  if (from.wait_without_stock_seconds) {
    to.set_wait_without_stock_seconds(*from.wait_without_stock_seconds);
  }
  for (const whatif::ResourceUse& use : from.resources) {
    v1::ResourceUse& out = *to.add_resources();
    out.set_resource(use.resource);
    out.set_offline_seconds(use.offline_seconds);
    out.set_online_seconds(use.online_seconds);
    out.set_utilization(use.utilization);
  }
  to.set_saturates_first(from.saturates_first);
  to.set_best_uplink_share(from.best_uplink_share);
  to.set_best_split_transfer_seconds(from.best_split_transfer_seconds);
  to.set_transfer_seconds(from.transfer_seconds);
}

absl::StatusOr<Budget> FromProto(const v1::SearchBudget& from) {
  const auto of = [](Metric metric, auto limit) -> absl::StatusOr<Budget> {
    const auto number = static_cast<double>(limit);
    if (!(number >= 0) || !std::isfinite(number)) {
      return Invalid(absl::StrCat("a budget of ", number),
                     absl::StrCat("budget.", std::string(whatif::MetricName(metric))),
                     "Give a finite number, 0 or more.");
    }
    return Budget{metric, number};
  };
  switch (from.limit_case()) {
    case v1::SearchBudget::kOnlineSeconds:
      return of(Metric::kOnlineSeconds, from.online_seconds());
    case v1::SearchBudget::kOfflineSeconds:
      return of(Metric::kOfflineSeconds, from.offline_seconds());
    case v1::SearchBudget::kTotalSeconds:
      return of(Metric::kTotalSeconds, from.total_seconds());
    case v1::SearchBudget::kOnlineBytes:
      return of(Metric::kOnlineBytes, from.online_bytes());
    case v1::SearchBudget::kOfflineBytes:
      return of(Metric::kOfflineBytes, from.offline_bytes());
    case v1::SearchBudget::kTotalBytes:
      return of(Metric::kTotalBytes, from.total_bytes());
    case v1::SearchBudget::kOnlineFlights:
      return of(Metric::kOnlineFlights, from.online_flights());
    case v1::SearchBudget::kClientStorageBytes:
      return of(Metric::kClientStorageBytes, from.client_storage_bytes());
    case v1::SearchBudget::kReluElements:
      return of(Metric::kReluElements, from.relu_elements());
    case v1::SearchBudget::LIMIT_NOT_SET:
      break;
  }
  return Invalid("there is no budget", "budget", "Set exactly one limit.");
}

}  // namespace picost::service
