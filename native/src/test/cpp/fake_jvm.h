// As much of a JVM as host.h needs: its upcalls end in Leases. Everything is done by the host's
// own code and a table of JNI functions made here, so that a sanitizer sees all of it.
#pragma once

#include <jni.h>

#include <atomic>
#include <cstdarg>
#include <cstring>
#include <string>

#include "leases.h"

namespace ophion::test {

inline thread_local bool attached = false;
inline std::atomic<int> attached_threads{0};

namespace jni {

// What a jmethodID of Host points to.
inline char acquired, dropped, relocated, other;
// The one byte array that a thread has at a time.
inline thread_local std::string array;
inline char class_of_host;
inline JNIEnv env;
inline JavaVM vm;

inline jint JNICALL get_env(JavaVM*, void** out, jint) {
  *out = attached ? &env : nullptr;
  return attached ? JNI_OK : JNI_EDETACHED;
}

inline jint JNICALL attach(JavaVM*, void** out, void*) {
  attached = true;
  ++attached_threads;
  *out = &env;
  return JNI_OK;
}

inline jint JNICALL detach(JavaVM*) {
  attached = false;
  --attached_threads;
  return JNI_OK;
}

inline jint JNICALL get_java_vm(JNIEnv*, JavaVM** out) {
  *out = &vm;
  return JNI_OK;
}

inline jobject JNICALL new_ref(JNIEnv*, jobject object) { return object; }
inline void JNICALL delete_ref(JNIEnv*, jobject) {}

inline jmethodID JNICALL method_id(JNIEnv*, jclass, const char* name, const char*) {
  char* method = std::strcmp(name, "leaseAcquired") == 0  ? &acquired
                 : std::strcmp(name, "leaseDropped") == 0 ? &dropped
                 : std::strcmp(name, "relocated") == 0    ? &relocated
                                                          : &other;
  return reinterpret_cast<jmethodID>(method);
}

inline jboolean JNICALL call_boolean(JNIEnv*, jclass, jmethodID, va_list arguments) {
  return Leases::all().acquire(static_cast<uint64_t>(va_arg(arguments, jlong))) ? JNI_TRUE
                                                                                : JNI_FALSE;
}

inline void JNICALL call_void(JNIEnv*, jclass, jmethodID, va_list arguments) {
  Leases::all().drop(static_cast<uint64_t>(va_arg(arguments, jlong)));
}

// A library is opened where it lies; output is taken without a complaint.
inline jobject JNICALL call_object(JNIEnv*, jclass, jmethodID method, va_list) {
  return reinterpret_cast<char*>(method) == &relocated ? reinterpret_cast<jobject>(&array)
                                                       : nullptr;
}

inline jboolean JNICALL exception_check(JNIEnv*) { return JNI_FALSE; }
inline void JNICALL exception_clear(JNIEnv*) {}
inline jint JNICALL push_frame(JNIEnv*, jint) { return 0; }
inline jobject JNICALL pop_frame(JNIEnv*, jobject object) { return object; }
inline jbyteArray JNICALL new_byte_array(JNIEnv*, jsize) {
  return reinterpret_cast<jbyteArray>(&array);
}
inline jsize JNICALL array_length(JNIEnv*, jarray) { return static_cast<jsize>(array.size()); }
inline void JNICALL set_region(JNIEnv*, jbyteArray, jsize, jsize size, const jbyte* from) {
  array.assign(reinterpret_cast<const char*>(from), static_cast<size_t>(size));
}
inline void JNICALL get_region(JNIEnv*, jbyteArray, jsize at, jsize size, jbyte* to) {
  CHECK(at >= 0 && size >= 0 &&
        static_cast<size_t>(at) + static_cast<size_t>(size) <= array.size());
  std::memcpy(to, array.data() + at, static_cast<size_t>(size));
}

// There are no arrays here: whatever a request names is as if the heap were full.
inline void* JNICALL get_critical(JNIEnv*, jarray, jboolean*) { return nullptr; }
inline void JNICALL release_critical(JNIEnv*, jarray, void*, jint) {}

}  // namespace jni

// To be called before host.h's bind.
inline JNIEnv* start_fake_jvm() {
  static JNINativeInterface_ functions{};
  functions.GetJavaVM = jni::get_java_vm;
  functions.NewWeakGlobalRef = jni::new_ref;
  functions.NewLocalRef = jni::new_ref;
  functions.DeleteLocalRef = jni::delete_ref;
  functions.GetStaticMethodID = jni::method_id;
  functions.CallStaticBooleanMethodV = jni::call_boolean;
  functions.CallStaticVoidMethodV = jni::call_void;
  functions.CallStaticObjectMethodV = jni::call_object;
  functions.ExceptionCheck = jni::exception_check;
  functions.ExceptionClear = jni::exception_clear;
  functions.PushLocalFrame = jni::push_frame;
  functions.PopLocalFrame = jni::pop_frame;
  functions.NewByteArray = jni::new_byte_array;
  functions.SetByteArrayRegion = jni::set_region;
  functions.GetByteArrayRegion = jni::get_region;
  functions.GetArrayLength = jni::array_length;
  functions.GetPrimitiveArrayCritical = jni::get_critical;
  functions.ReleasePrimitiveArrayCritical = jni::release_critical;
  static JNIInvokeInterface_ invocation{};
  invocation.GetEnv = jni::get_env;
  invocation.AttachCurrentThreadAsDaemon = jni::attach;
  invocation.DetachCurrentThread = jni::detach;
  jni::env.functions = &functions;
  jni::vm.functions = &invocation;
  attached = true;
  return &jni::env;
}

inline jclass fake_host_class() { return reinterpret_cast<jclass>(&jni::class_of_host); }

}  // namespace ophion::test
