// Optical flow kept as pictures.

#ifndef TOQUE_FRAMEWORK_SHARED_FLOW_IMAGE_H_
#define TOQUE_FRAMEWORK_SHARED_FLOW_IMAGE_H_

#include <string>

#include "framework/image/image.h"
#include "framework/status.h"

namespace toque {

// Files of the x and the y component, in grey levels of which 128 is about no
// motion.
struct FlowNames {
  std::string x;
  std::string y;
};

// Makes `image` a flow of two channels out of the two files in `folder`, which
// ends with a slash. Broken, with the name of the file, for what can't be read
// or decoded, and where the sizes differ.
absl::Status ReadFlow(const std::string& folder, const FlowNames& names,
                      const ImageOptions& options, Image* image);

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_SHARED_FLOW_IMAGE_H_
