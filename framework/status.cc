#include "framework/status.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace toque {

absl::Status AtPlace(const absl::Status& status, std::string_view place) {
  if (status.ok() || place.empty()) return status;
  // Faults that were reported together lie at that place one and all.
  const std::string start = absl::StrCat(View(place), ": ");
  return absl::Status(
      status.code(),
      absl::StrCat(start,
                   absl::StrReplaceAll(status.message(),
                                       {{"\n", absl::StrCat("\n", start)}})));
}

absl::Status Together(const std::vector<absl::Status>& faults) {
  std::vector<absl::string_view> texts;
  absl::StatusCode code = absl::StatusCode::kOk;
  for (const absl::Status& fault : faults) {
    if (fault.ok()) continue;
    if (texts.empty()) code = fault.code();
    texts.push_back(fault.message());
  }
  return absl::Status(code, absl::StrJoin(texts, "\n"));
}

}  // namespace toque
