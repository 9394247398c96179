// Arrays of the Java heap that a request refers to, so that they are copied once: right into the
// memory of the Python object that they become.
#pragma once

#include <jni.h>

#include <cstdint>

#include "jvm.h"

namespace ophion {

// HostTable.read_array.
inline int32_t read_array(uint64_t array, void (*use)(void* context, const void* elements),
                          void* context) {
  auto [env, has_room] = current_caller();
  if (!has_room) return kStackEnds;
  if (env == nullptr) return -1;
  auto held = reinterpret_cast<jarray>(static_cast<uintptr_t>(array));
  void* elements = env->GetPrimitiveArrayCritical(held, nullptr);
  if (elements == nullptr) {
    env->ExceptionClear();
    return -1;
  }
  use(context, elements);
  env->ReleasePrimitiveArrayCritical(held, elements, JNI_ABORT);  // nothing was written
  return 0;
}

}  // namespace ophion

// dev.ophion.natives.HeapArrays

extern "C" JNIEXPORT jlong JNICALL Java_dev_ophion_natives_HeapArrays_hold(JNIEnv* env, jclass,
                                                                           jobject array) {
  return static_cast<jlong>(reinterpret_cast<uintptr_t>(env->NewGlobalRef(array)));
}

extern "C" JNIEXPORT void JNICALL Java_dev_ophion_natives_HeapArrays_release(JNIEnv* env, jclass,
                                                                             jlong reference) {
  env->DeleteGlobalRef(reinterpret_cast<jobject>(static_cast<uintptr_t>(reference)));
}
