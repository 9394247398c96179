// The way between addresses and direct buffers of Java, and memory that no buffer owns.
#pragma once

#include <jni.h>

#include <cstdint>
#include <cstdlib>

namespace ophion {

inline int64_t allocate_memory(int64_t size) {
  return static_cast<int64_t>(reinterpret_cast<uintptr_t>(std::malloc(static_cast<size_t>(size))));
}

inline void release_memory(int64_t address) {
  std::free(reinterpret_cast<void*>(static_cast<uintptr_t>(address)));
}

}  // namespace ophion

// dev.ophion.natives.DirectBuffers

extern "C" JNIEXPORT jobject JNICALL Java_dev_ophion_natives_DirectBuffers_view(JNIEnv* env, jclass,
                                                                                jlong address,
                                                                                jlong size) {
  return env->NewDirectByteBuffer(reinterpret_cast<void*>(static_cast<uintptr_t>(address)), size);
}

extern "C" JNIEXPORT jlong JNICALL Java_dev_ophion_natives_DirectBuffers_addressOf(JNIEnv* env,
                                                                                   jclass,
                                                                                   jobject buffer) {
  return static_cast<jlong>(reinterpret_cast<uintptr_t>(env->GetDirectBufferAddress(buffer)));
}
