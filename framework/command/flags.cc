#include "framework/command/flags.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "absl/strings/numbers.h"
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

// "1e-07" where gflags says 9.9999999999999995e-08.
std::string DefaultOf(const gflags::CommandLineFlagInfo& flag) {
  double number = 0;
  const bool known =
      flag.type == "double" && absl::SimpleAtod(flag.default_value, &number);
  return known ? absl::StrCat(number) : flag.default_value;
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
      std::cout << " (default: " << DefaultOf(flag) << ")";
    }
    std::cout << "\n";
  }
}

// The first argument that is no flag of this program's, or null.
const char* UnknownFlag(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view name = argv[i];
    if (name == "--") break;
    if (name.size() < 2 || !name.starts_with('-')) continue;
    name.remove_prefix(name.starts_with("--") ? 2 : 1);
    const bool has_value = name.find('=') != name.npos;
    name = name.substr(0, name.find('='));
    gflags::CommandLineFlagInfo flag;
    const auto is_known = [&flag](std::string_view text) {
      return gflags::GetCommandLineFlagInfo(std::string(text).c_str(), &flag);
    };
    const bool known =
        is_known(name) || (name.starts_with("no") && is_known(name.substr(2)));
    if (!known) return argv[i];
    if (flag.type != "bool" && !has_value) ++i;  // the next one is its value
  }
  return nullptr;
}

// "epochs: 3" of "--epochs=3".
std::string AsField(std::string_view flag) {
  flag.remove_prefix(flag.find_first_not_of('-'));
  const size_t end = std::min(flag.find('='), flag.size());
  const std::string_view value = flag.substr(std::min(end + 1, flag.size()));
  return absl::StrCat(View(flag.substr(0, end)), ": ",
                      value.empty() ? "VALUE" : View(value));
}

[[noreturn]] void RefuseFlag(std::string_view usage, std::string_view flag) {
  std::cerr << "unknown flag " << flag << "; see --help";
  if (usage.find("--set=") != usage.npos) {
    std::cerr << "; a field of the experiment is changed by --set='"
              << AsField(flag) << "'";
  }
  std::cerr << "\n";
  std::exit(1);
}

}  // namespace

void ParseFlags(std::string_view usage, int* argc, char*** argv) {
  if (WantsHelp(*argc, *argv)) {
    PrintHelp(usage);
    std::exit(0);
  }
  if (const char* flag = UnknownFlag(*argc, *argv); flag != nullptr) {
    RefuseFlag(usage, flag);
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

bool IsGiven(const char* flag) {
  return !gflags::GetCommandLineFlagInfoOrDie(flag).is_default;
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
