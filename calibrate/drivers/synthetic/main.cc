// The driver process synthetic: known unit costs, real bytes (tests only).
#include <iostream>

#include "calibrate/driver_server.h"
#include "calibrate/drivers/synthetic/synthetic_driver.h"

int main() {
  picost::calibrate::SyntheticDriver driver;
  return picost::calibrate::ServeDriver(driver, std::cin, std::cout);
}
