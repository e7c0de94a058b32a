#include "framework/export/value_names.h"

#include <cctype>
#include <unordered_set>

#include "absl/strings/str_cat.h"

namespace toque {
namespace {

// Words of Python, and what the generated files call things.
std::unordered_set<std::string> Taken() {
  return {"F",        "False", "None",  "True",   "and",    "as",
          "assert",   "async", "await", "batch",  "break",  "class",
          "continue", "def",   "del",   "elif",   "else",   "except",
          "finally",  "float", "for",   "from",   "global", "if",
          "import",   "in",    "input", "is",     "lambda", "nn",
          "nonlocal", "not",   "or",    "output", "pass",   "raise",
          "return",   "self",  "torch", "try",    "w",      "while",
          "with",     "x",     "yield"};
}

std::string Word(const std::string& path) {
  std::string word;
  for (const char letter : path) {
    const bool plain = std::isalnum(static_cast<unsigned char>(letter)) != 0;
    word += plain ? letter : '_';
  }
  const bool digit = std::isdigit(static_cast<unsigned char>(word[0])) != 0;
  return digit ? absl::StrCat("_", word) : word;
}

}  // namespace

std::vector<std::string> NamesOf(const Trace& trace) {
  std::vector<std::string> names;
  std::unordered_set<std::string> taken = Taken();
  for (const TracedValue& value : trace.values) {
    names.push_back(value.name);
    taken.insert(value.name);
  }
  names[trace.input] = std::string("x");
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
