// The flags of //tools:pack that are for clips.

#ifndef TOQUE_TOOLS_CLIP_FLAGS_H_
#define TOQUE_TOOLS_CLIP_FLAGS_H_

#include <string>

#include "framework/core/context.h"
#include "framework/options.pb.h"
#include "framework/status.h"
#include "tools/clip_packing.h"

namespace toque {

// What they ask for, all together in range and fitting each other. The quality
// of JPEG is a flag of pictures, too. `decoding` is the data set's.
absl::StatusOr<ClipPacking> ClipPackingByFlags(
    const toque::VideoDecoding& decoding, const Context& context, int quality);

// That none was given, as the examples are pictures.
absl::Status CheckNoClipFlags();

// What decides the bytes of the clips.
std::string SourceTextOf(const ClipPacking& options);

}  // namespace toque

#endif  // TOQUE_TOOLS_CLIP_FLAGS_H_
