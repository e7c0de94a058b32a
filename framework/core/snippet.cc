#include "framework/core/snippet.h"

#include <utility>

#include "c10/util/Exception.h"

namespace toque {
namespace {

class FunctionSnippet : public Snippet {
 public:
  explicit FunctionSnippet(std::function<absl::Status(std::ostream&)> show)
      : show_(std::move(show)) {}
  absl::Status Show(std::ostream& out) override { return show_(out); }

 private:
  std::function<absl::Status(std::ostream&)> show_;
};

}  // namespace

absl::Status Claim(bool holds, std::string_view claim) {
  if (holds) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("claim does not hold: ", View(claim)));
}

std::string ErrorOf(const std::function<void()>& trap) {
  try {
    trap();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    return text.substr(0, text.find('\n'));
  }
  return "";
}

std::unique_ptr<Snippet> SnippetOf(
    std::function<absl::Status(std::ostream&)> show) {
  return std::make_unique<FunctionSnippet>(std::move(show));
}

}  // namespace toque
