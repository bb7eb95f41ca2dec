#include <vector>

#include "estimator/protocols/cheetah.h"
#include "estimator/protocols/crypten.h"
#include "estimator/protocols/cryptflow2_he.h"
#include "estimator/protocols/cryptflow2_ot.h"
#include "estimator/protocols/delphi.h"
#include "estimator/protocols/delphi_client_garbler.h"
#include "estimator/protocols/gazelle.h"
#include "estimator/protocols/minionn.h"
#include "estimator/protocols/pillar_espn.h"
#include "estimator/protocols/pillar_honeybadger.h"
#include "estimator/protocols/protocol.h"
#include "estimator/protocols/relu_count.h"

namespace picost::protocols {

const std::vector<const Protocol*>& AllProtocols() {
  static const auto* const all = new std::vector<const Protocol*>{
      &Delphi(),       &DelphiClientGarbler(), &Gazelle(),   &MiniOnn(),
      &CrypTFlow2He(), &CrypTFlow2Ot(),        &Cheetah(),   &CrypTen(),
      &PillarEspn(),   &PillarHoneyBadger(),   &ReluCount(),
  };
  return *all;
}

}  // namespace picost::protocols
