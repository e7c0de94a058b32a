// Tells what programs of this build run on.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "ATen/Context.h"
#include "ATen/Parallel.h"
#include "ATen/Version.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "framework/command/tool.h"
#include "framework/core/registry.h"
#include "framework/guarded.h"
#include "framework/trainer/git_commit.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "torch/headeronly/version.h"

DEFINE_bool(json, false, "Prints JSON instead of lines.");

namespace toque {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr char kUsage[] = R"(Tells what programs of this build run on (R01):

  env

Versions of the framework (its commit, and what plugins that are loaded must
match), of LibTorch, of CUDA and cuDNN, and the devices. What there isn't is
"none".
)";

std::string Framework() {
  const char* root = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  const std::string commit = root == nullptr ? "" : GitCommit(root);
  return absl::StrCat(commit.empty() ? "commit not known" : "commit " + commit,
                      ", ABI ", TOQUE_ABI);
}

// A version as CUDA writes it in a number: 13000 is 13.0.
std::string CudaVersion(long number) {
  return absl::StrCat(number / 1000, ".", number % 1000 / 10);
}

// 91002 is 9.10.2; versions before 9 had a digit fewer.
std::string CudnnVersion(long number) {
  const long major = number < 90000 ? 1000 : 10000;
  return absl::StrCat(number / major, ".", number % major / 100, ".",
                      number % 100);
}

// What `ask` tells, or "none" where there is nothing to ask.
template <typename Ask>
std::string OrNone(const Ask& ask) {
  const auto answer = Guarded([&ask]() -> absl::StatusOr<std::string> {
    return absl::StatusOr<std::string>(ask());
  });
  return answer.ok() && !answer->empty() ? *answer : "none";
}

// "Model" of a file of lines "Model: \t NVIDIA H200".
std::string ModelIn(const fs::path& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!absl::StartsWith(line, "Model:")) continue;
    return std::string(absl::StripAsciiWhitespace(line.substr(6)));
  }
  return "";
}

// The GPUs that the driver knows, in the order of their places on the bus, also
// those that LibTorch can't use.
std::vector<std::string> Gpus() {
  std::error_code error;
  std::vector<fs::path> folders;
  const fs::path all = "/proc/driver/nvidia/gpus";
  for (fs::directory_iterator entry(all, error), end; !error && entry != end;
       entry.increment(error)) {
    folders.push_back(entry->path());
  }
  std::ranges::sort(folders);
  std::vector<std::string> gpus;
  for (const fs::path& folder : folders) {
    const std::string model = ModelIn(folder / "information");
    gpus.push_back(model.empty() ? "a GPU of unknown name" : model);
  }
  return gpus;
}

std::string Processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!absl::StartsWith(line, "model name")) continue;
    return std::string(
        absl::StripAsciiWhitespace(line.substr(line.find(':') + 1)));
  }
  return "unknown";
}

ordered_json Environment() {
  const auto& hooks = at::detail::getCUDAHooks();
  ordered_json facts;
  facts["framework"] = Framework();
  facts["libtorch"] = TORCH_VERSION;
  facts["cuda"] =
      OrNone([&hooks] { return CudaVersion(hooks.versionCUDART()); });
  facts["cudnn"] =
      OrNone([&hooks] { return CudnnVersion(hooks.versionCuDNN()); });
  facts["cpu"] = absl::StrCat(Processor(), ", ", at::get_cpu_capability());
  facts["cores"] = std::thread::hardware_concurrency();
  facts["compute_threads"] = at::get_num_threads();
  facts["gpus"] = Gpus();
  facts["gpus_usable"] = hooks.hasCUDA() ? hooks.getNumGPUs() : 0;
  return facts;
}

std::string Text(const ordered_json& fact) {
  if (fact.is_string()) return fact.get<std::string>();
  if (!fact.is_array()) return fact.dump();
  if (fact.empty()) return "none";
  return absl::StrJoin(fact.get<std::vector<std::string>>(), "; ");
}

absl::Status Main(const std::vector<std::string>& words) {
  RETURN_IF_ERROR(CheckNoWords(words));
  const ordered_json facts = Environment();
  if (FLAGS_json) {
    std::cout << facts.dump(2) << "\n";
    return absl::OkStatus();
  }
  for (const auto& [name, fact] : facts.items()) {
    std::cout << name << ": " << Text(fact) << "\n";
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMain(toque::kUsage, argc, argv, toque::Main);
}
