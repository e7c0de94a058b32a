#include "framework/command/plugin_file.h"

#include <dlfcn.h>

#include <filesystem>
#include <fstream>
#include <string_view>

#include "framework/core/registry.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

// What TOQUE_PLUGIN leaves in an object: "toque-plugin:<ABI>:<folder>\0".
constexpr std::string_view kMark = "toque-plugin:";
constexpr size_t kLongestStamp = 1024;

struct Stamp {
  std::string abi;
  std::string folder;
};

absl::StatusOr<Stamp> FindStamp(std::string_view bytes) {
  const size_t begin = bytes.find(kMark);
  if (begin == bytes.npos) {
    return Invalid("is no plugin: it has no stamp of TOQUE_PLUGIN");
  }
  const std::string_view rest =
      bytes.substr(begin + kMark.size(), kLongestStamp);
  const std::string_view text = rest.substr(0, rest.find('\0'));
  const size_t colon = text.find(':');
  if (colon == text.npos || colon + 1 == text.size()) {
    return Invalid("must be built by plugin(), which names it");
  }
  return Stamp{std::string(text.substr(0, colon)),
               std::string(text.substr(colon + 1))};
}

absl::StatusOr<Stamp> ReadStamp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError("can't be read");
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return FindStamp(bytes);
}

// "plugins/samplers/shuffle" to "shuffle".
std::string_view NameOf(std::string_view folder) {
  return folder.substr(folder.rfind('/') + 1);
}

absl::Status CheckStamp(const Stamp& stamp) {
  if (stamp.abi != TOQUE_ABI) {
    return Invalid("must be built for this program, \"" TOQUE_ABI "\"",
                   absl::StrCat("\"", stamp.abi, "\""));
  }
  for (const PluginEntry* entry : AllPlugins()) {
    if (NameOf(entry->folder) != NameOf(stamp.folder)) continue;
    return absl::AlreadyExistsError(
        absl::StrCat("holds ", stamp.folder, ", and ", entry->name(),
                     " is linked into this program already"));
  }
  return absl::OkStatus();
}

absl::Status Load(const std::string& path) {
  ASSIGN_OR_RETURN(const Stamp stamp, ReadStamp(path));
  RETURN_IF_ERROR(CheckStamp(stamp));
  // Without a slash dlopen would look elsewhere.
  const std::string absolute = fs::absolute(path);
  if (dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    return absl::UnavailableError(dlerror());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status LoadPlugin(const std::string& path) {
  return AtPlace(Load(path), path);
}

}  // namespace toque
