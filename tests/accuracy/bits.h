// Estimates as hexadecimal floating-point numbers, to compare bit by bit.
#ifndef PICOST_TESTS_ACCURACY_BITS_H_
#define PICOST_TESTS_ACCURACY_BITS_H_

#include <string>

namespace picost::accuracy {

// Point, low and high of every phase of the measured networks' plans under every
// network profile, one per line.
std::string EstimateBits(const std::string& data_path);

}  // namespace picost::accuracy

#endif  // PICOST_TESTS_ACCURACY_BITS_H_
