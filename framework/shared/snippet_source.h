// The sources of snippets, for the cookbook to show.

#ifndef TOQUE_FRAMEWORK_SHARED_SNIPPET_SOURCE_H_
#define TOQUE_FRAMEWORK_SHARED_SNIPPET_SOURCE_H_

#include <cstddef>
#include <string_view>

namespace toque {

// Adds `data`, NAME.cc of the plugin in `folder`. Both must last as long as the
// program. Called before main by what plugin() generates. Returns true.
bool RegisterSnippetSource(const char* folder, const char* data, size_t size);

// NAME.cc of the plugin in `folder`; "" where plugin() didn't build it.
std::string_view SnippetSource(std::string_view folder);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_SNIPPET_SOURCE_H_
