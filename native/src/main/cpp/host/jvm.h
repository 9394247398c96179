// The way from native code up into Java: static methods of dev.ophion.natives.Host.
#pragma once

#include <jni.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>

#include "../abi.h"
#include "sharing.h"

namespace ophion {

// Set once by bind() before any image is opened; constant afterwards.
struct JavaSide {
  JavaVM* vm = nullptr;
  jclass host = nullptr;  // global reference; also keeps the method ids valid
  jmethodID lease_acquired = nullptr;
  jmethodID lease_dropped = nullptr;
  jmethodID written = nullptr;
  jmethodID relocated = nullptr;
};

inline JavaSide& java_side() {
  static JavaSide side;
  return side;
}

// Attaches a thread that Python made, as a daemon so that it never holds up the JVM's exit, and
// detaches it when the thread ends.
class ThreadAttachment {
 public:
  JNIEnv* env() {
    JNIEnv* env = nullptr;
    JavaVM* vm = java_side().vm;
    if (vm->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_1_8) == JNI_OK) return env;
    JavaVMAttachArgs args = {JNI_VERSION_1_8, const_cast<char*>("python-thread"), nullptr};
    if (vm->AttachCurrentThreadAsDaemon(reinterpret_cast<void**>(&env), &args) != JNI_OK) {
      return nullptr;
    }
    attached_ = true;
    return env;
  }
  ~ThreadAttachment() {
    if (attached_) java_side().vm->DetachCurrentThread();
  }

 private:
  bool attached_ = false;
};

inline JNIEnv* current_env() {
  thread_local ThreadAttachment attachment;
  return attachment.env();
}

// Frees the local references of a callback: a carrier may stay in one native call for days.
class LocalFrame {
 public:
  LocalFrame(JNIEnv* env, jint capacity) : env_(env), open_(env->PushLocalFrame(capacity) == 0) {
    if (!open_) env->ExceptionClear();
  }
  ~LocalFrame() {
    if (open_) env_->PopLocalFrame(nullptr);
  }
  LocalFrame(const LocalFrame&) = delete;
  LocalFrame& operator=(const LocalFrame&) = delete;
  explicit operator bool() const { return open_; }

 private:
  JNIEnv* env_;
  bool open_;
};

inline int32_t lease_acquire(uint64_t lease) {
  JNIEnv* env = current_env();
  if (env == nullptr) return -1;  // the JVM is gone, and the table of leases with it
  jboolean taken = env->CallStaticBooleanMethod(java_side().host, java_side().lease_acquired,
                                                static_cast<jlong>(lease));
  if (env->ExceptionCheck()) {  // an asynchronous error, or the end of the stack
    env->ExceptionClear();
    return -1;
  }
  return taken == JNI_TRUE ? 0 : -1;
}

inline void lease_drop(uint64_t lease) {
  JNIEnv* env = current_env();
  if (env == nullptr) return;
  env->CallStaticVoidMethod(java_side().host, java_side().lease_dropped, static_cast<jlong>(lease));
  if (env->ExceptionCheck()) env->ExceptionClear();
}

inline void set_failure(Failure* failure, const char* text) {
  size_t length = std::char_traits<char>::length(text);
  if (length >= sizeof(failure->message)) length = sizeof(failure->message) - 1;
  std::char_traits<char>::copy(failure->message, text, length);
  failure->message[length] = '\0';
}

inline int32_t write_text(uint64_t interpreter, int32_t stream, const char* utf8, uint64_t size,
                          Failure* failure) {
  JNIEnv* env = current_env();
  if (env == nullptr) return 0;
  LocalFrame frame(env, 4);
  if (size > INT32_MAX) {
    set_failure(failure, "more than 2 GiB in one write");
    return -1;
  }
  jbyteArray text = frame ? env->NewByteArray(static_cast<jsize>(size)) : nullptr;
  if (text == nullptr) {
    env->ExceptionClear();
    set_failure(failure, "the Java heap is full");
    return -1;
  }
  env->SetByteArrayRegion(text, 0, static_cast<jsize>(size), reinterpret_cast<const jbyte*>(utf8));
  auto problem = static_cast<jstring>(env->CallStaticObjectMethod(
      java_side().host, java_side().written, static_cast<jlong>(interpreter),
      static_cast<jint>(stream), text));
  if (env->ExceptionCheck()) {
    env->ExceptionClear();
    set_failure(failure, "the output's consumer failed");
    return -1;
  }
  if (problem == nullptr) return 0;
  const char* reason = env->GetStringUTFChars(problem, nullptr);
  set_failure(failure, reason == nullptr ? "the output's consumer failed" : reason);
  if (reason != nullptr) env->ReleaseStringUTFChars(problem, reason);
  return -1;
}

// The answer of Host.relocated: the path, or a zero byte and the reason for the refusal.
inline int32_t relocate(uint64_t slot, const char* path, int32_t is_extension, char* relocated,
                        uint64_t capacity, Failure* failure) {
  JNIEnv* env = current_env();
  if (env == nullptr) {
    set_failure(failure, "the JVM has ended");
    return -1;
  }
  LocalFrame frame(env, 4);
  auto length = static_cast<jsize>(std::char_traits<char>::length(path));
  jbyteArray text = frame ? env->NewByteArray(length) : nullptr;
  if (text == nullptr) {
    env->ExceptionClear();
    set_failure(failure, "the Java heap is full");
    return -1;
  }
  env->SetByteArrayRegion(text, 0, length, reinterpret_cast<const jbyte*>(path));
  auto answer = static_cast<jbyteArray>(
      env->CallStaticObjectMethod(java_side().host, java_side().relocated, static_cast<jlong>(slot),
                                  text, static_cast<jboolean>(is_extension != 0)));
  if (env->ExceptionCheck() || answer == nullptr) {  // an error of the JVM, such as its stack's end
    env->ExceptionClear();
    set_failure(failure, "the library could not be relocated");
    return -1;
  }
  jsize size = env->GetArrayLength(answer);
  jbyte first = 0;
  if (size > 0) env->GetByteArrayRegion(answer, 0, 1, &first);
  bool refused = first == 0;
  uint64_t room = refused ? sizeof(failure->message) : capacity;
  if (!refused && static_cast<uint64_t>(size) >= room) {
    set_failure(failure, "the path of the library's copy is too long");
    return -1;
  }
  jsize skipped = refused && size > 0 ? 1 : 0;
  jsize taken = std::min(size - skipped, static_cast<jsize>(room - 1));
  char* target = refused ? failure->message : relocated;
  env->GetByteArrayRegion(answer, skipped, taken, reinterpret_cast<jbyte*>(target));
  target[taken] = '\0';
  return refused ? -1 : 0;
}

inline void share_text(uint64_t slot) {
  try {
    text_sharing().share(static_cast<int64_t>(slot));
  } catch (const std::bad_alloc&) {
    // The image goes on with memory of its own.
  }
}

inline const HostTable& host_table() {
  static const HostTable table = {kAbiVersion, sizeof(HostTable), lease_acquire, lease_drop,
                                  write_text,  relocate,          share_text};
  return table;
}

// Called once by Host's static initializer.
inline void bind(JNIEnv* env, jclass host) {
  JavaSide& side = java_side();
  if (env->GetJavaVM(&side.vm) != JNI_OK) throw std::runtime_error("JNI gives no JavaVM");
  side.host = static_cast<jclass>(env->NewGlobalRef(host));
  side.lease_acquired = env->GetStaticMethodID(host, "leaseAcquired", "(J)Z");
  if (side.lease_acquired != nullptr) {
    side.lease_dropped = env->GetStaticMethodID(host, "leaseDropped", "(J)V");
  }
  if (side.lease_dropped != nullptr) {
    side.written = env->GetStaticMethodID(host, "written", "(JI[B)Ljava/lang/String;");
  }
  if (side.written != nullptr) {
    side.relocated = env->GetStaticMethodID(host, "relocated", "(J[BZ)[B");
  }
  if (side.relocated == nullptr) throw std::runtime_error("Host.java and jvm.h do not match");
}

}  // namespace ophion
