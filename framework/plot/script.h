// Texts of gnuplot's language.

#ifndef TOQUE_FRAMEWORK_PLOT_SCRIPT_H_
#define TOQUE_FRAMEWORK_PLOT_SCRIPT_H_

#include <string>
#include <string_view>

#include "framework/status.h"

namespace toque {

// `text` as a string in which nothing has a meaning; line breaks and other
// control characters become spaces.
std::string Quoted(std::string_view text);

// `text`, its end replaced by dots where it has more than `room` letters.
std::string Shortened(const std::string& text, size_t room);

// `value` as gnuplot reads it.
std::string Number(double value);

// The beginning of every script: the format that the suffix of `path` asks for,
// a picture of `width` x `height` units, and what all pictures look like.
absl::StatusOr<std::string> Preamble(std::string_view path, int width,
                                     int height);

// Runs `script` and puts what it draws into the file `path`, with which errors
// begin.
absl::Status Draw(const std::string& script, const std::string& path);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PLOT_SCRIPT_H_
