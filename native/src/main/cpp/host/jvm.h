// The way from native code up into Java: static methods of dev.ophion.natives.Host.
#pragma once

#include <jni.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <string>

#include "../abi.h"
#include "sharing.h"
#include "stacks.h"
#include "text.h"

namespace ophion {

// Set by bind() before any image is opened; constant afterwards.
struct JavaSide {
  JavaVM* vm = nullptr;
  jweak host = nullptr;  // a strong one would keep Host's class loader for ever
  jmethodID lease_acquired = nullptr;
  jmethodID lease_dropped = nullptr;
  jmethodID written = nullptr;
  jmethodID relocated = nullptr;
  jmethodID is_logged = nullptr;
  jmethodID logged = nullptr;
};

// This library stays mapped when Host's class loader has gone, since threads of Python may still
// run it, and serves the next one: bind() puts another in its place, and leaves the earlier one.
inline std::atomic<const JavaSide*>& bound_side() {
  static std::atomic<const JavaSide*> side{nullptr};
  return side;
}

// A thread's way into the JVM. `env` is null if the JVM is gone, or if has_room is false.
struct Caller {
  JNIEnv* env;
  bool has_room;  // on its stack
};

// Attaches a thread that Python made, as a daemon so that it never holds up the JVM's exit, and
// detaches it when the thread ends.
class ThreadAttachment {
 public:
  Caller caller() {
    JNIEnv* env = nullptr;
    JavaVM* vm = bound_side().load()->vm;
    bool known = vm->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_1_8) == JNI_OK;
    if (!room_.is_enough(known)) return {nullptr, false};
    if (known) return {env, true};
    JavaVMAttachArgs args = {JNI_VERSION_1_8, const_cast<char*>("python-thread"), nullptr};
    if (vm->AttachCurrentThreadAsDaemon(reinterpret_cast<void**>(&env), &args) != JNI_OK) {
      return {nullptr, true};
    }
    attached_ = true;
    return {env, true};
  }
  bool is_ours() const { return attached_; }
  ~ThreadAttachment() {
    if (attached_) bound_side().load()->vm->DetachCurrentThread();
  }

 private:
  StackRoom room_;
  bool attached_ = false;
};

inline ThreadAttachment& current_attachment() {
  thread_local ThreadAttachment attachment;
  return attachment;
}

inline Caller current_caller() { return current_attachment().caller(); }

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

// The class Host during one upcall; none if its class loader has gone. While an interpreter lives,
// its carrier runs code of that loader.
class HostClass {
 public:
  explicit HostClass(JNIEnv* env)
      : env_(env),
        side_(bound_side().load()),
        class_(static_cast<jclass>(env->NewLocalRef(side_->host))) {}
  ~HostClass() {
    if (class_ != nullptr) env_->DeleteLocalRef(class_);
  }
  HostClass(const HostClass&) = delete;
  HostClass& operator=(const HostClass&) = delete;
  explicit operator bool() const { return class_ != nullptr; }
  jclass get() const { return class_; }
  const JavaSide& ids() const { return *side_; }

 private:
  JNIEnv* env_;
  const JavaSide* side_;
  jclass class_;
};

inline int32_t lease_acquire(uint64_t lease) {
  auto [env, has_room] = current_caller();
  if (!has_room) return kStackEnds;
  if (env == nullptr) return -1;  // the JVM is gone, and the table of leases with it
  HostClass host(env);
  if (!host) return -1;
  jboolean taken = env->CallStaticBooleanMethod(host.get(), host.ids().lease_acquired,
                                                static_cast<jlong>(lease));
  if (env->ExceptionCheck()) {  // an asynchronous error, or the end of the stack
    env->ExceptionClear();
    return -1;
  }
  return taken == JNI_TRUE ? 0 : -1;
}

inline void drop_with(JNIEnv* env, uint64_t lease) {
  if (env == nullptr) return;
  HostClass host(env);
  if (!host) return;
  env->CallStaticVoidMethod(host.get(), host.ids().lease_dropped, static_cast<jlong>(lease));
  if (env->ExceptionCheck()) env->ExceptionClear();
}

// Python cannot be refused to let go of memory, however near the stack's end.
inline void lease_drop(uint64_t lease) {
  Caller caller = current_caller();
  if (caller.has_room) return drop_with(caller.env, lease);
  auto drop = [](void* given) -> void* {
    drop_with(current_caller().env, *static_cast<uint64_t*>(given));
    return nullptr;
  };
  pthread_t helper;
  // Where there are no more threads, the memory stays lent.
  if (pthread_create(&helper, nullptr, drop, &lease) == 0) pthread_join(helper, nullptr);
}

inline void set_failure(Failure* failure, const char* text) {
  size_t length = std::char_traits<char>::length(text);
  if (length >= sizeof(failure->message)) length = sizeof(failure->message) - 1;
  std::char_traits<char>::copy(failure->message, text, length);
  failure->message[length] = '\0';
}

// A Java array of bytes, or null with the reason in failure.
inline jbyteArray java_bytes(JNIEnv* env, const LocalFrame& frame, const void* data, uint64_t size,
                             Failure* failure) {
  if (size > INT32_MAX) {
    set_failure(failure, "more than 2 GiB at once");
    return nullptr;
  }
  jbyteArray bytes = frame ? env->NewByteArray(static_cast<jsize>(size)) : nullptr;
  if (bytes == nullptr) {
    env->ExceptionClear();
    set_failure(failure, "the Java heap is full");
    return nullptr;
  }
  env->SetByteArrayRegion(bytes, 0, static_cast<jsize>(size), static_cast<const jbyte*>(data));
  return bytes;
}

// Copies a text of Java's, in UTF-8, cut at the record's end.
inline void set_failure(JNIEnv* env, Failure* failure, jbyteArray utf8) {
  jsize size =
      std::min(env->GetArrayLength(utf8), static_cast<jsize>(sizeof(failure->message) - 1));
  env->GetByteArrayRegion(utf8, 0, size, reinterpret_cast<jbyte*>(failure->message));
  failure->message[size] = '\0';
}

// Hands bytes to a method of Host that returns null, or why it could not take them.
inline int32_t hand_up(jmethodID JavaSide::* method, uint64_t interpreter, int32_t kind,
                       const void* data, uint64_t size, Failure* failure) {
  auto [env, has_room] = current_caller();
  if (!has_room) return kStackEnds;
  if (env == nullptr) return 0;
  LocalFrame frame(env, 4);
  HostClass host(env);
  if (!host) return 0;
  jbyteArray bytes = java_bytes(env, frame, data, size, failure);
  if (bytes == nullptr) return -1;
  auto problem = static_cast<jbyteArray>(
      env->CallStaticObjectMethod(host.get(), host.ids().*method, static_cast<jlong>(interpreter),
                                  static_cast<jint>(kind), bytes));
  if (env->ExceptionCheck()) {
    env->ExceptionClear();
    set_failure(failure, "its receiver in Java failed");
    return -1;
  }
  if (problem == nullptr) return 0;
  set_failure(env, failure, problem);
  return -1;
}

inline int32_t write_text(uint64_t interpreter, int32_t stream, const char* utf8, uint64_t size,
                          Failure* failure) {
  return hand_up(&JavaSide::written, interpreter, stream, utf8, size, failure);
}

inline int32_t log_record(uint64_t interpreter, int32_t level, const uint8_t* record, uint64_t size,
                          Failure* failure) {
  return hand_up(&JavaSide::logged, interpreter, level, record, size, failure);
}

inline int32_t is_logged(uint64_t interpreter, int32_t level, const char* utf8, uint64_t size) {
  auto [env, has_room] = current_caller();
  if (!has_room) return kStackEnds;
  if (env == nullptr) return 0;
  LocalFrame frame(env, 4);
  HostClass host(env);
  if (!host) return 0;
  Failure unused;
  jbyteArray logger = java_bytes(env, frame, utf8, size, &unused);
  if (logger == nullptr) return 0;
  jboolean is = env->CallStaticBooleanMethod(host.get(), host.ids().is_logged,
                                             static_cast<jlong>(interpreter),
                                             static_cast<jint>(level), logger);
  if (env->ExceptionCheck()) {
    env->ExceptionClear();
    return 0;
  }
  return is == JNI_TRUE;
}

// The answer of Host.relocated: the path, or a zero byte and the reason for the refusal.
inline int32_t relocate(uint64_t slot, const char* path, int32_t is_extension, char* relocated,
                        uint64_t capacity, Failure* failure) {
  auto [env, has_room] = current_caller();
  if (!has_room) return kStackEnds;
  if (env == nullptr) {
    set_failure(failure, "the JVM has ended");
    return -1;
  }
  LocalFrame frame(env, 4);
  HostClass host(env);
  if (!host) {
    set_failure(failure, "the class loader of Ophion has gone");
    return -1;
  }
  jbyteArray text = java_bytes(env, frame, path, std::char_traits<char>::length(path), failure);
  if (text == nullptr) return -1;
  auto answer = static_cast<jbyteArray>(
      env->CallStaticObjectMethod(host.get(), host.ids().relocated, static_cast<jlong>(slot), text,
                                  static_cast<jboolean>(is_extension != 0)));
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

inline int32_t is_javas_thread() {
  void* env = nullptr;
  bool is_known = bound_side().load()->vm->GetEnv(&env, JNI_VERSION_1_8) == JNI_OK;
  return is_known && !current_attachment().is_ours() ? 1 : 0;
}

inline void share_text(uint64_t slot) {
  try {
    text_sharing().share(static_cast<int64_t>(slot));
  } catch (const std::bad_alloc&) {
    // The image goes on with memory of its own.
  }
}

// Called by Host's static initializer.
inline void bind(JNIEnv* env, jclass host) {
  auto side = std::make_unique<JavaSide>();
  if (env->GetJavaVM(&side->vm) != JNI_OK) throw Failed("JNI gives no JavaVM");
  learn_stack_zones(side->vm);
  side->host = env->NewWeakGlobalRef(host);
  side->lease_acquired = env->GetStaticMethodID(host, "leaseAcquired", "(J)Z");
  if (side->lease_acquired != nullptr) {
    side->lease_dropped = env->GetStaticMethodID(host, "leaseDropped", "(J)V");
  }
  if (side->lease_dropped != nullptr) {
    side->written = env->GetStaticMethodID(host, "written", "(JI[B)[B");
  }
  if (side->written != nullptr) {
    side->relocated = env->GetStaticMethodID(host, "relocated", "(J[BZ)[B");
  }
  if (side->relocated != nullptr) {
    side->is_logged = env->GetStaticMethodID(host, "isLogged", "(JI[B)Z");
  }
  if (side->is_logged != nullptr) {
    side->logged = env->GetStaticMethodID(host, "logged", "(JI[B)[B");
  }
  if (side->host == nullptr || side->logged == nullptr) {
    throw Failed("Host.java and jvm.h do not match");
  }
  bound_side().store(side.release());
}

}  // namespace ophion
