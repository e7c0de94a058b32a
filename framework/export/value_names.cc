#include "framework/export/value_names.h"

#include <cctype>
#include <unordered_set>

#include "absl/strings/str_cat.h"

namespace toque {
namespace {

// Words of Python, and what the generated module calls things.
std::unordered_set<std::string> Taken() {
  return {"F",   "and",    "as",    "async", "batch",  "class", "def",
          "del", "elif",   "else",  "exec",  "from",   "for",   "if",
          "in",  "import", "input", "is",    "lambda", "nn",    "not",
          "or",  "pass",   "self",  "torch", "while",  "with",  "w",
          "x",   "try",    "return"};
}

std::string Word(const std::string& path) {
  std::string word;
  for (const char letter : path) {
    const bool plain = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    word += plain ? letter : '_';
  }
  const bool digit = std::isdigit(static_cast<unsigned char>(word[0])) != 0;
  return digit ? "_" + word : word;
}

}  // namespace

std::vector<std::string> NamesOf(const Trace& trace) {
  std::vector<std::string> names;
  for (const TracedValue& value : trace.values) names.push_back(value.name);
  names[trace.input] = "x";
  std::unordered_set<std::string> taken = Taken();
  for (const Operation& operation : trace.operations) {
    const bool own = operation.layer.empty();
    const std::string base = Word(own ? operation.name : operation.layer);
    for (const size_t output : operation.outputs) {
      std::string name = base;
      for (int i = 2; !taken.insert(name).second; ++i) {
        name = absl::StrCat(base, "_", i);
      }
      names[output] = name;
    }
  }
  return names;
}

}  // namespace toque
