#include <vector>

#include "estimator/protocols/cheetah.h"
#include "estimator/protocols/delphi.h"
#include "estimator/protocols/protocol.h"

namespace picost::protocols {

const std::vector<const Protocol*>& AllProtocols() {
  static const auto* const all = new std::vector<const Protocol*>{
      &Delphi(),
      &Cheetah(),
  };
  return *all;
}

}  // namespace picost::protocols
