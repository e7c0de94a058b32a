#include "framework/weights/builtin_weights.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_join.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

// Bytes are (x - 127) / 128: the package's own evaluation.
constexpr char kEfficientNetLite0[] = R"(
transform { [type.googleapis.com/recipe.Resize] { size: 256 } }
transform { [type.googleapis.com/recipe.CenterCrop] { size: 224 } }
transform { [type.googleapis.com/recipe.Normalize] {
  mean: 0.498039 std: 0.501961 } })";

constexpr char kFolder[] = "toque/framework/weights/pretrained";

// Where Bazel puts the files that a program needs: said by the environment of
// tests, and beside the program otherwise.
std::vector<fs::path> Roots() {
  std::vector<fs::path> roots;
  for (const char* variable : {"RUNFILES_DIR", "TEST_SRCDIR"}) {
    const char* folder = std::getenv(variable);
    if (folder != nullptr && *folder != '\0') roots.emplace_back(folder);
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) roots.emplace_back(program.string() + ".runfiles");
  return roots;
}

absl::Status NotThere(std::string_view name,
                      const std::vector<std::string>& known) {
  return absl::NotFoundError(absl::StrCat(
      "no weights of the name \"", View(name), "\" come with this program (",
      known.empty() ? "none do" : "there are " + absl::StrJoin(known, ", "),
      "): add \"//framework/weights/pretrained:", View(name),
      "\" to `data` of its BUILD call, or give a path, \"./", View(name),
      "\""));
}

}  // namespace

bool IsBuiltinName(std::string_view file) {
  return !file.empty() && file.find_first_of("/.") == file.npos;
}

absl::StatusOr<std::string> FindBuiltinWeights(std::string_view name) {
  std::vector<std::string> known;
  for (const fs::path& root : Roots()) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / kFolder, error)) {
      const fs::path file = entry.path();
      if (file.extension() != ".pth" && file.extension() != ".safetensors") {
        continue;
      }
      if (file.stem() == name) return file.string();
      known.push_back(file.stem().string());
    }
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  return NotThere(name, known);
}

std::string_view BuiltinTransforms(std::string_view name) {
  return name == "efficientnet_lite0" ? kEfficientNetLite0 : "";
}

}  // namespace toque
