#include "calibrate/drivers/pi_ref/randomness.h"

#include <sys/random.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace picost::pi_ref {

Block RandomBlock() {
  Block block;
  char* out = reinterpret_cast<char*>(&block);
  size_t missing = sizeof(block);
  while (missing > 0) {
    const ssize_t got = getrandom(out, missing, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      std::perror("getrandom");
      std::abort();
    }
    out += got;
    missing -= static_cast<size_t>(got);
  }
  return block;
}

}  // namespace picost::pi_ref
