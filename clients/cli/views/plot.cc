#include "clients/cli/views/plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace picost::cli {
namespace {

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void Take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  // A range of one value gets some room, so that it stands in the middle.
  void Widen() {
    if (low < high) return;
    const double room = low == 0 ? 1 : std::abs(low) / 2;
    low -= room;
    high += room;
  }
  int Cell(double value, int cells) const {
    return std::clamp(static_cast<int>((value - low) / (high - low) * cells), 0, cells - 1);
  }
};

std::string PadLeft(const std::string& text, size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

}  // namespace

std::vector<std::string> Plot(const std::vector<PlotPoint>& points, const PlotAxes& axes, int width,
                              int height) {
  width = std::max(width, 10);
  height = std::max(height, 4);
  Range x;
  Range y;
  bool any = false;
  const auto drawn = [](const PlotPoint& p) { return std::isfinite(p.x) && std::isfinite(p.y); };
  for (const PlotPoint& point : points) {
    if (!drawn(point)) continue;
    any = true;
    x.Take(point.x);
    y.Take(point.y);
  }
  if (!any) return {};
  if (axes.limit_x) x.Take(*axes.limit_x);
  x.Widen();
  y.Widen();
  std::vector<std::string> grid(height, std::string(width, ' '));
  if (axes.limit_x) {
    for (std::string& row : grid) row[x.Cell(*axes.limit_x, width)] = '|';
  }
  for (const bool strong : {false, true}) {
    for (const PlotPoint& point : points) {
      if (point.strong != strong || !drawn(point)) continue;
      grid[height - 1 - y.Cell(point.y, height)][x.Cell(point.x, width)] = strong ? 'o' : '.';
    }
  }
  const std::string top = axes.format_y(y.high);
  const std::string bottom = axes.format_y(y.low);
  const size_t margin = std::max(top.size(), bottom.size());
  std::vector<std::string> lines = {PadLeft("", margin) + "  " + axes.y};
  for (int row = 0; row < height; ++row) {
    const std::string label = row == 0 ? top : row == height - 1 ? bottom : "";
    std::string line = PadLeft(label, margin) + " |" + grid[row];
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(line);
  }
  lines.push_back(PadLeft("", margin) + " +" + std::string(width, '-'));
  const std::string left = axes.format_x(x.low);
  const std::string right = axes.format_x(x.high);
  const size_t between = static_cast<size_t>(width) > left.size() + right.size()
                             ? width - left.size() - right.size()
                             : 1;
  lines.push_back(PadLeft("", margin) + "  " + left + std::string(between, ' ') + right);
  lines.push_back(PadLeft("", margin) + "  " + axes.x);
  return lines;
}

}  // namespace picost::cli
