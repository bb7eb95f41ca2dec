// The driver process net: probes of the link between the parties.
#include <iostream>

#include "calibrate/driver_server.h"
#include "calibrate/drivers/net/net_driver.h"

int main() {
  picost::calibrate::NetDriver driver;
  return picost::calibrate::ServeDriver(driver, std::cin, std::cout);
}
