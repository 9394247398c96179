// The memory of an image. Py_FinalizeEx leaves objects of the main interpreter behind: interned
// texts, static types' dicts, and every arena of pymalloc that one of them lies in, some 1 MB in
// all. Nobody can reach them once the image is unmapped, nor what the engine's C++ runtime keeps.
#pragma once

namespace ophion {

// Before Py_PreInitialize: from here on it is known what CPython has allocated.
void track_memory();

// After Py_FinalizeEx, and only if nothing of the image is used again. What CPython has allocated
// stays in an image that does not track.
void free_memory();

}  // namespace ophion
