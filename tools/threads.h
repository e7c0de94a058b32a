// The flag --threads of tools.

#ifndef TOQUE_TOOLS_THREADS_H_
#define TOQUE_TOOLS_THREADS_H_

#include <algorithm>
#include <thread>

namespace toque {

// As many as were asked for, or where that is 0 as the machine has cores.
inline int ThreadsOrCores(int threads) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return threads > 0 ? threads : std::max(1, cores);
}

}  // namespace toque

#endif  // TOQUE_TOOLS_THREADS_H_
