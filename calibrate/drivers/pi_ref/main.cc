// The driver process pi-ref. Requests on standard input, replies on standard
// output (calibrate/driver.proto).
#include <malloc.h>

#include <iostream>

#include "calibrate/driver_server.h"
#include "calibrate/drivers/pi_ref/pi_ref_driver.h"
#include "sodium.h"

int main() {
  if (sodium_init() < 0) {
    std::cerr << "pi-ref: libsodium cannot be initialised\n";
    return 1;
  }
  // Big buffers are kept between repetitions: a protocol that runs for long does
  // not fetch fresh pages from the kernel for every layer. (A threshold for mmap above
  // 32 MiB is refused by glibc: none is used at all.)
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  picost::pi_ref::PiRefDriver driver;
  return picost::calibrate::ServeDriver(driver, std::cin, std::cout);
}
