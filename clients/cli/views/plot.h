// Points on a grid of characters: a picture that fits into a terminal and a log.
#ifndef PICOST_CLIENTS_CLI_VIEWS_PLOT_H_
#define PICOST_CLIENTS_CLI_VIEWS_PLOT_H_

#include <optional>
#include <string>
#include <vector>

namespace picost::cli {

struct PlotPoint {
  double x = 0;
  double y = 0;
  bool strong = false;  // 'o' instead of '.', and never hidden by a '.'
};

struct PlotAxes {
  std::string x;  // title
  std::string y;
  std::string (*format_x)(double) = nullptr;
  std::string (*format_y)(double) = nullptr;
  std::optional<double> limit_x;  // a vertical line
};

// width x height characters without the axes, at least 10 x 4. Points that are not
// finite are left out; empty where none is left.
std::vector<std::string> Plot(const std::vector<PlotPoint>& points, const PlotAxes& axes, int width,
                              int height);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_PLOT_H_
