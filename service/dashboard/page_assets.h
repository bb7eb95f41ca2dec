// The files of the page, embedded when the daemon is built.
#ifndef PICOST_SERVICE_DASHBOARD_PAGE_ASSETS_H_
#define PICOST_SERVICE_DASHBOARD_PAGE_ASSETS_H_

#include <string_view>
#include <vector>

namespace picost::service {

struct PageAsset {
  std::string_view name;  // "app.js"
  std::string_view content_type;
  std::string_view content;
};

const std::vector<PageAsset>& PageAssets();

}  // namespace picost::service

#endif  // PICOST_SERVICE_DASHBOARD_PAGE_ASSETS_H_
