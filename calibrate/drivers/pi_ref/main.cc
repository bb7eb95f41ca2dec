// The driver process pi-ref. Requests on standard input, replies on standard
// output (calibrate/driver.proto).
#include <iostream>

#include "calibrate/driver_server.h"
#include "calibrate/drivers/pi_ref/pi_ref_driver.h"
#include "sodium.h"

int main() {
  if (sodium_init() < 0) {
    std::cerr << "pi-ref: libsodium cannot be initialised\n";
    return 1;
  }
  picost::pi_ref::PiRefDriver driver;
  return picost::calibrate::ServeDriver(driver, std::cin, std::cout);
}
