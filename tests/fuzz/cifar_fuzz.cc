// Bytes as the records of recipe.Cifar, and as its names.

#include <vector>

#include "absl/strings/str_format.h"
#include "tests/fuzz/dataset_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<uint8_t> kRecord(1 + 3 * 32 * 32, 7);
  static const std::string record =
      toque::FuzzFile("record", kRecord.data(), kRecord.size());
  const std::string bytes = toque::FuzzFile("bytes", data, size);
  for (const char* kind : {"CIFAR10", "CIFAR100"}) {
    toque::OpenAndRead("recipe.Cifar",
                       absl::StrFormat("kind: %s file: \"%s\"", kind, bytes));
  }
  toque::OpenAndRead(
      "recipe.Cifar",
      absl::StrFormat("file: \"%s\" names: \"%s\"", record, bytes));
  return 0;
}
