// Snippets: tensor recipes and tips that show and check themselves.

#ifndef TOQUE_FRAMEWORK_CORE_SNIPPET_H_
#define TOQUE_FRAMEWORK_CORE_SNIPPET_H_

#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "framework/core/registry.h"

namespace toque {

struct PagePart {
  enum Kind { kLine, kClaim, kTrap };
  Kind kind;
  std::string text;
  std::string shown = {};  // of a trap: the error, or what happened instead
  bool holds = true;       // of a claim or a trap: that it is so
};

// The part as Page::Text prints it, with its line ends.
std::string PartText(const PagePart& part);

// What a snippet shows: lines, claims and traps, in order.
class Page {
 public:
  // A line of output: the parts as ostream prints them.
  template <typename... Parts>
  void Line(const Parts&... parts) {
    std::ostringstream line;
    (line << ... << parts);
    parts_.push_back({PagePart::kLine, line.str()});
  }
  // What must be so. A claim or trap that isn't so is printed as such, and the
  // snippet goes on; fault() tells of it.
  void Claim(bool holds, std::string_view text);
  // Code that must raise. Prints the text and the first line of the error.
  void Trap(std::string_view text, const std::function<void()>& code);
  // Code of ours that must answer with an error, printed likewise.
  void Trap(std::string_view text, const absl::Status& error);
  // A trap that raises nothing: `surprises` must be so, and `shown` is what was
  // measured, never a fixed text: a NaN gradient, the value left behind.
  void Trap(std::string_view text, bool surprises, std::string_view shown);

  const std::vector<PagePart>& parts() const { return parts_; }
  // All parts as a terminal shows them:
  //   map: [64, 512, 7, 7]
  //   holds: an expanded axis has stride 0
  //   trap: it can't be written in place
  //     unsupported operation: more than one element of ...
  std::string Text() const;
  // An error that names the first claim or trap that isn't so.
  absl::Status fault() const;

 private:
  std::vector<PagePart> parts_;
};

class Snippet {
 public:
  static constexpr std::string_view kKind = "snippet";
  virtual ~Snippet() = default;

  // Does what the recipe is about, and says it on the page: the same at each
  // call.
  virtual void Show(Page& page) = 0;
};

// A snippet that is one function.
std::unique_ptr<Snippet> SnippetOf(std::function<void(Page&)> show);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_CORE_SNIPPET_H_
