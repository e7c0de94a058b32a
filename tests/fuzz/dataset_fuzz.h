// What the fuzz targets of data sets share.

#ifndef TOQUE_TESTS_FUZZ_DATASET_FUZZ_H_
#define TOQUE_TESTS_FUZZ_DATASET_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace toque {

// Writes the bytes to a file of this process's own and returns its path; each
// name is one file.
std::string FuzzFile(const std::string& name, const uint8_t* data, size_t size);

// Opens the data set of these options and reads every example. An error is
// fine; a crash is what the fuzzer looks for.
void OpenAndRead(std::string_view plugin, std::string_view options);

}  // namespace toque

#endif  // TOQUE_TESTS_FUZZ_DATASET_FUZZ_H_
