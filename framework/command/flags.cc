#include "framework/command/flags.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "framework/status.h"
#include "gflags/gflags.h"
#include "glog/logging.h"

namespace toque {
namespace {

bool WantsHelp(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--") return false;
    if (flag == "--help" || flag == "-help" || flag == "-h") return true;
  }
  return false;
}

void PrintHelp(std::string_view usage) {
  std::cout << usage << "\n";
  std::vector<gflags::CommandLineFlagInfo> flags;
  gflags::GetAllFlags(&flags);
  for (const auto& flag : flags) {
    // Libraries name their files by other paths.
    const std::string_view file = flag.filename;
    if (!file.starts_with("framework/") && !file.starts_with("tools/"))
      continue;
    std::cout << "  --" << flag.name;
    if (flag.type != "bool") std::cout << "=" << flag.type;
    std::cout << "\n      " << flag.description;
    if (!flag.default_value.empty() && flag.type != "bool") {
      std::cout << " (default: " << flag.default_value << ")";
    }
    std::cout << "\n";
  }
}

}  // namespace

void ParseFlags(std::string_view usage, int* argc, char*** argv) {
  if (WantsHelp(*argc, *argv)) {
    PrintHelp(usage);
    std::exit(0);
  }
  FLAGS_logtostderr = true;
  FLAGS_log_prefix = false;
  google::InitGoogleLogging((*argv)[0]);
  gflags::ParseCommandLineFlags(argc, argv, /*remove_flags=*/true);
}

std::vector<std::string> TakeRepeatedFlag(std::string_view name, int* argc,
                                          char** argv) {
  std::vector<std::string> values;
  int kept = 1;
  for (int i = 1; i < *argc; ++i) {
    std::string_view argument = argv[i];
    std::string_view flag = argument;
    flag.remove_prefix(
        std::min({flag.find_first_not_of('-'), size_t{2}, flag.size()}));
    const bool ours = argument.starts_with('-') && flag.starts_with(name);
    if (ours && flag.size() > name.size() && flag[name.size()] == '=') {
      values.emplace_back(flag.substr(name.size() + 1));
    } else if (ours && flag.size() == name.size() && i + 1 < *argc) {
      values.emplace_back(argv[++i]);
    } else {
      argv[kept++] = argv[i];
    }
  }
  argv[kept] = nullptr;
  *argc = kept;
  return values;
}

std::string UserFolder() {
  // Bazel runs a program in its runfiles.
  const char* folder = std::getenv("BUILD_WORKING_DIRECTORY");
  return folder != nullptr ? folder : std::filesystem::current_path().string();
}

std::string UserPath(std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  if (path.empty() || path == ".") return UserFolder();
  return absl::StrCat(UserFolder(), "/", View(path));
}

}  // namespace toque
