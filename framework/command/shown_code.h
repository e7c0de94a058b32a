// The part of a snippet's source that the cookbook shows.

#ifndef TOQUE_FRAMEWORK_COMMAND_SHOWN_CODE_H_
#define TOQUE_FRAMEWORK_COMMAND_SHOWN_CODE_H_

#include <string>
#include <string_view>

namespace toque {

// What a reader copies of a snippet's source: its #includes, less the
// snippet's own interface and options, and what stands between `namespace {`
// and the factory. "" where nothing stands there.
std::string ShownCode(std::string_view source);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_COMMAND_SHOWN_CODE_H_
