// How often a program waits for its device.

#ifndef TOQUE_FRAMEWORK_TESTING_DEVICE_READS_H_
#define TOQUE_FRAMEWORK_TESTING_DEVICE_READS_H_

#include <cstdint>
#include <functional>

namespace toque {

// How many of the operators that `work` calls would wait on a GPU: those that
// give a number to the CPU, and those whose result's shape depends on values.
// A copy of a whole tensor is not counted.
int64_t DeviceReads(const std::function<void()>& work);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_TESTING_DEVICE_READS_H_
