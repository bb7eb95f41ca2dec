// The version of the project, as its programs print it; the Python package has the same
// (version_test). Wire and store have versions of their own: picost.v1, the store's
// schema number.
#ifndef PICOST_TOOLS_VERSION_VERSION_H_
#define PICOST_TOOLS_VERSION_VERSION_H_

namespace picost {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace picost

#endif  // PICOST_TOOLS_VERSION_VERSION_H_
