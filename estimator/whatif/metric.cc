#include "estimator/whatif/metric.h"

namespace picost::whatif {
namespace {

using primitives::Phase;

const cost::PhaseCost& At(const EditTotals& totals, Phase phase) {
  return totals.phases[static_cast<int>(phase)];
}

double TotalBytes(const EditTotals& totals, Phase phase) {
  const primitives::Traffic& traffic = At(totals, phase).traffic;
  return static_cast<double>((traffic.client_to_server + traffic.server_to_client).value());
}

std::optional<double> Latency(const EditTotals& totals, Phase phase) {
  const auto& latency = At(totals, phase).latency_seconds;
  if (!latency.has_value()) return std::nullopt;
  return latency->p50;
}

double Deviation(const EditTotals& totals, Phase phase) {
  const auto& latency = At(totals, phase).latency_seconds;
  return latency.has_value() ? latency->standard_deviation : 0;
}

}  // namespace

std::string_view MetricName(Metric metric) {
  switch (metric) {
    case Metric::kOnlineSeconds:
      return "online_seconds";
    case Metric::kOfflineSeconds:
      return "offline_seconds";
    case Metric::kTotalSeconds:
      return "total_seconds";
    case Metric::kOnlineBytes:
      return "online_bytes";
    case Metric::kOfflineBytes:
      return "offline_bytes";
    case Metric::kTotalBytes:
      return "total_bytes";
    case Metric::kOnlineFlights:
      return "online_flights";
    case Metric::kClientStorageBytes:
      return "client_storage_bytes";
    case Metric::kReluElements:
      return "relu_elements";
  }
  return "?";
}

std::optional<double> MetricValue(const EditTotals& totals, Metric metric) {
  switch (metric) {
    case Metric::kOnlineSeconds:
      return Latency(totals, Phase::kOnline);
    case Metric::kOfflineSeconds:
      return Latency(totals, Phase::kOffline);
    case Metric::kTotalSeconds: {
      const auto offline = Latency(totals, Phase::kOffline);
      const auto online = Latency(totals, Phase::kOnline);
      if (!offline.has_value() || !online.has_value()) return std::nullopt;
      return *offline + *online;
    }
    case Metric::kOnlineBytes:
      return TotalBytes(totals, Phase::kOnline);
    case Metric::kOfflineBytes:
      return TotalBytes(totals, Phase::kOffline);
    case Metric::kTotalBytes:
      return TotalBytes(totals, Phase::kOffline) + TotalBytes(totals, Phase::kOnline);
    case Metric::kOnlineFlights:
      return static_cast<double>(At(totals, Phase::kOnline).traffic.flights.value());
    case Metric::kClientStorageBytes:
      return static_cast<double>(totals.client_storage.value());
    case Metric::kReluElements:
      return static_cast<double>(totals.relu_elements);
  }
  return std::nullopt;
}

double MetricDeviation(const EditTotals& totals, Metric metric) {
  switch (metric) {
    case Metric::kOnlineSeconds:
      return Deviation(totals, Phase::kOnline);
    case Metric::kOfflineSeconds:
      return Deviation(totals, Phase::kOffline);
    case Metric::kTotalSeconds: {
      // The phases share no coefficients that we know to be independent: they add up.
      return Deviation(totals, Phase::kOffline) + Deviation(totals, Phase::kOnline);
    }
    default:
      return 0;
  }
}

}  // namespace picost::whatif
