#include "framework/core/snippet.h"

#include <utility>

#include "framework/guarded.h"

namespace toque {
namespace {

class FunctionSnippet : public Snippet {
 public:
  explicit FunctionSnippet(std::function<void(Page&)> show)
      : show_(std::move(show)) {}
  void Show(Page& page) override { show_(page); }

 private:
  std::function<void(Page&)> show_;
};

// "holds", "trap", or that it isn't so.
std::string_view Mark(const PagePart& part) {
  const bool claim = part.kind == PagePart::kClaim;
  if (part.holds) return claim ? "holds" : "trap";
  return claim ? "DOES NOT HOLD" : "NO TRAP";
}

}  // namespace

std::string PartText(const PagePart& part) {
  if (part.kind == PagePart::kLine) return absl::StrCat(part.text, "\n");
  const std::string text =
      absl::StrCat(View(Mark(part)), ": ", part.text, "\n");
  if (part.kind == PagePart::kClaim) return text;
  return absl::StrCat(text, "  ", part.shown, "\n");
}

void Page::Claim(bool holds, std::string_view text) {
  parts_.push_back({PagePart::kClaim, std::string(text), "", holds});
}

void Page::Trap(std::string_view text, const std::function<void()>& code) {
  Trap(text, Guarded([&] {
         code();
         return absl::OkStatus();
       }));
}

void Page::Trap(std::string_view text, const absl::Status& error) {
  const std::string message(error.message());
  Trap(text, !error.ok(),
       error.ok() ? "nothing" : message.substr(0, message.find('\n')));
}

void Page::Trap(std::string_view text, bool surprises, std::string_view shown) {
  parts_.push_back(
      {PagePart::kTrap, std::string(text), std::string(shown), surprises});
}

std::string Page::Text() const {
  std::string text;
  for (const PagePart& part : parts_) absl::StrAppend(&text, PartText(part));
  return text;
}

absl::Status Page::fault() const {
  for (const PagePart& part : parts_) {
    if (part.holds) continue;
    const bool claim = part.kind == PagePart::kClaim;
    return absl::FailedPreconditionError(
        claim ? absl::StrCat("claim does not hold: ", part.text)
              : absl::StrCat("no trap: ", part.text, ", got ", part.shown));
  }
  return absl::OkStatus();
}

std::unique_ptr<Snippet> SnippetOf(std::function<void(Page&)> show) {
  return std::make_unique<FunctionSnippet>(std::move(show));
}

}  // namespace toque
