// What both sides agree on: two versioned tables of function pointers and plain records. The host
// speaks to the JVM, the engine to CPython; neither sees the other's headers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ophion {

constexpr uint32_t kAbiVersion = 8;

// A reply that does not fit the scratch memory is left in memory of its own; its place is written
// to the start of the scratch memory and `invoke` returns kReplyElsewhere.
constexpr int64_t kReplyElsewhere = -1;
struct ReplyPlace {
  uint64_t address;  // from malloc, for the host to free, also after the interpreter's end
  uint64_t size;     // bytes
};

// A text for the caller when something fails before there is an interpreter to raise in.
struct Failure {
  char message[2048];  // UTF-8, zero-terminated, cut if too long
};

// Text lists are one UTF-8 string with a line feed after each entry.
struct StartConfig {
  const char* home;          // the distribution's folder: PyConfig.home
  const char* executable;    // becomes sys.executable
  const char* search_paths;  // list: module_search_paths, complete
  int32_t use_environment;   // obey PYTHON* variables
  int32_t user_site;         // user_site_directory
  uint64_t slot;             // the image's number; comes back in HostTable.relocate
  uint64_t stack_guard;      // bytes that the JVM protects at the end of each stack
};

struct InterpreterConfig {
  uint64_t id;      // the host's number for it; comes back in every callback
  int32_t own_gil;  // PyInterpreterConfig_OWN_GIL, or the main interpreter's GIL
  int32_t is_main;  // the image's main interpreter itself, on the thread that started the image
  // Becomes sys.executable of a subinterpreter; null for that of StartConfig.
  const char* executable;
};

struct EngineInterpreter;  // opaque to the host

// Returned instead of -1 by what the host cannot do because the thread's stack ends.
constexpr int32_t kStackEnds = -2;

// What the engine asks of the host. All of them may be called on any thread, never throw, and
// never touch CPython. `acquire`, `drop` and `read_array` are called with the GIL held; the others
// without it.
struct HostTable {
  uint32_t version;  // kAbiVersion
  uint32_t size;     // sizeof(HostTable)
  // Returns 0, or -1 if the lease has ended and the memory must not be touched, or kStackEnds.
  int32_t (*lease_acquire)(uint64_t lease);
  void (*lease_drop)(uint64_t lease);
  // Returns 0, or -1 with the reason in failure, or kStackEnds. No text says that an unfinished
  // line is complete.
  int32_t (*write)(uint64_t interpreter, int32_t stream, const char* utf8, uint64_t size,
                   Failure* failure);
  // Writes the file to open instead of the extension module or other library at `path` in the image
  // with this slot's number, zero-terminated: a copy for that image, or the same. Returns 0, or -1
  // with the reason in failure, or kStackEnds.
  int32_t (*relocate)(uint64_t slot, const char* path, int32_t is_extension, char* relocated,
                      uint64_t capacity, Failure* failure);
  // Has the image with this slot's number use the same memory as others for the code of the copies
  // that it has loaded since the last call.
  void (*share_text)(uint64_t slot);
  // Whether a record of Python's module logging is wanted: 1 or 0, or kStackEnds.
  int32_t (*is_logged)(uint64_t interpreter, int32_t level, const char* utf8, uint64_t size);
  // Takes one: (str logger, str message, describe(exception) or None) as in wire.h. Returns 0, or
  // -1 with the reason in failure, or kStackEnds.
  int32_t (*log)(uint64_t interpreter, int32_t level, const uint8_t* record, uint64_t size,
                 Failure* failure);
  // Shows `use` the elements of a primitive Java array, by the host's reference to it. The JVM
  // moves no memory meanwhile and may have to wait for that, so `use` only copies. It calls nothing
  // of the host and runs no Python code. Returns 0, or -1 if the JVM has no memory, or kStackEnds.
  int32_t (*read_array)(uint64_t array, void (*use)(void* context, const void* elements),
                        void* context);
  // 1 if Java has made the calling thread: for an interpreter, of whatever image, or for an
  // application, so that it must not wait for what never comes; else 0.
  int32_t (*is_javas_thread)();
};

// What the host asks of the engine. Functions that return int32_t give 0, or -1 with failure set.
struct EngineTable {
  uint32_t version;  // kAbiVersion
  uint32_t size;     // sizeof(EngineTable)
  // On the image's main thread. Leaves that thread detached.
  int32_t (*start)(const StartConfig* config, Failure* failure);
  // On the same thread, after every interpreter has ended.
  int32_t (*stop)(Failure* failure);
  // On the carrier, which stays attached to the new interpreter. If the image's main interpreter
  // is wanted and cannot be prepared, the image has stopped.
  EngineInterpreter* (*interpreter_new)(const InterpreterConfig* config, Failure* failure);
  // On the carrier, attached; every other thread state of it is deleted first. The end of a main
  // interpreter is that of its image's CPython (Py_FinalizeEx).
  int32_t (*interpreter_end)(EngineInterpreter* interpreter, Failure* failure);
  // On the carrier: take and give up the GIL (PyEval_RestoreThread, PyEval_SaveThread).
  void (*attach)(EngineInterpreter* interpreter);
  void (*detach)(EngineInterpreter* interpreter);
  // On the carrier, attached: carries out the request in scratch[0, size) and writes the reply to
  // scratch[0, result). See wire.h for both.
  int64_t (*invoke)(EngineInterpreter* interpreter, uint8_t* scratch, uint64_t size,
                    uint64_t capacity);
  // The same on a foreign, detached thread, with a thread state made for this one call.
  int64_t (*invoke_from_outside)(EngineInterpreter* interpreter, uint8_t* scratch, uint64_t size,
                                 uint64_t capacity);
  // On the carrier, attached: gives back what a reply refers to that nobody reads to its end, but
  // for its first `adopted` references.
  void (*drop_reply)(EngineInterpreter* interpreter, const uint8_t* reply, uint64_t size,
                     uint64_t adopted);
  // After the end of the image's CPython, if the image is about to be unmapped: gives back the
  // memory of objects that the end has left behind. Returns 0, or -1 if a thread may come back to
  // the image's code, so that all of it has to stay.
  int32_t (*free_memory)();
};

static_assert(sizeof(ReplyPlace) == 16, "written into scratch memory");
static_assert(offsetof(HostTable, lease_acquire) == 8, "the header comes first");
static_assert(offsetof(EngineTable, start) == 8, "the header comes first");

// The engine's one exported symbol: keeps `host`, which must outlive the engine, and returns the
// engine's table, or null if the versions differ.
using EngineEntry = const EngineTable* (*)(const HostTable* host);
constexpr const char* kEngineEntryName = "ophion_engine";

}  // namespace ophion
