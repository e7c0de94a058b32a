// Bytes as the records of recipe.Cifar, and as its names.

#include "datasets/cifar/cifar.pb.h"
#include "tests/fuzz/dataset_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<uint8_t> kRecord(1 + 32 * 32 * 3, 7);
  static const std::string record =
      toque::FuzzFile("record", kRecord.data(), kRecord.size());
  const std::string bytes = toque::FuzzFile("bytes", data, size);
  recipe::Cifar options;
  options.add_file(bytes);
  toque::OpenAndRead(options);
  options.set_kind(recipe::Cifar::CIFAR100);
  toque::OpenAndRead(options);
  options.set_kind(recipe::Cifar::CIFAR10);
  options.set_file(0, record);
  options.set_names(bytes);
  toque::OpenAndRead(options);
  return 0;
}
