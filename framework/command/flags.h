// Command lines of our programs.

#ifndef TOQUE_FRAMEWORK_COMMAND_FLAGS_H_
#define TOQUE_FRAMEWORK_COMMAND_FLAGS_H_

#include <string>
#include <string_view>
#include <vector>

namespace toque {

// Starts logging and reads the flags of gflags; what is left in argv are the
// arguments. With --help prints `usage` and our own flags, one screen without
// those of the libraries, and exits. An unknown flag ends the program with exit
// status 1.
void ParseFlags(std::string_view usage, int* argc, char*** argv);

// Takes every "--<name>=VALUE" (or "--<name> VALUE") out of the command line,
// in order. For flags that may be given more than once; before ParseFlags.
std::vector<std::string> TakeRepeatedFlag(std::string_view name, int* argc,
                                          char** argv);

// Whether the command line gives this flag of gflags, which must exist.
bool IsGiven(const char* flag);

// The folder that the user stands in, also under `bazel run`.
std::string UserFolder();
// A path as the user meant it: absolute, or from UserFolder().
std::string UserPath(std::string_view path);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_COMMAND_FLAGS_H_
