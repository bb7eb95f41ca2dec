// Memory that forgets: secrets are overwritten before their memory is returned.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_WIPE_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_WIPE_H_

#include <string.h>

#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace picost::pi_ref {

// explicit_bzero is a call that the compiler may not drop as a dead store.
inline void Wipe(void* data, size_t bytes) { explicit_bzero(data, bytes); }

template <typename T>
struct WipingAllocator {
  using value_type = T;

  WipingAllocator() = default;
  template <typename U>
  WipingAllocator(const WipingAllocator<U>&) {}  // NOLINT: rebinding converts

  T* allocate(size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(64)));
  }
  void deallocate(T* data, size_t n) {
    Wipe(data, n * sizeof(T));
    ::operator delete(data, std::align_val_t(64));
  }
  friend bool operator==(const WipingAllocator&, const WipingAllocator&) { return true; }
};

template <typename T>
using SecretVector = std::vector<T, WipingAllocator<T>>;

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_WIPE_H_
