// Snippets: tensor recipes and tips that show and check themselves.

#ifndef TOQUE_FRAMEWORK_CORE_SNIPPET_H_
#define TOQUE_FRAMEWORK_CORE_SNIPPET_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "framework/core/registry.h"

namespace toque {

class Snippet {
 public:
  static constexpr std::string_view kKind = "snippet";
  virtual ~Snippet() = default;

  // Prints what the recipe does; an error when what it claims is not so.
  virtual absl::Status Show(std::ostream& out) = 0;
};

// OK when `holds`; else an error that says which claim failed.
absl::Status Claim(bool holds, std::string_view claim);

// The first line of what LibTorch says when `trap` raises; "" when it doesn't.
std::string ErrorOf(const std::function<void()>& trap);

// A snippet that is one function.
std::unique_ptr<Snippet> SnippetOf(
    std::function<absl::Status(std::ostream&)> show);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_SNIPPET_H_
