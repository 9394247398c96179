// The table that the host sees. Every entry catches everything: nothing is thrown into the host.
#include <algorithm>

#include "commands.h"
#include "entrance.h"
#include "failures.h"
#include "journal.h"
#include "lifecycle.h"
#include "memory.h"

namespace ophion {
namespace {

const HostTable* host_table = nullptr;

Interpreter& unwrap(EngineInterpreter* interpreter) {
  return *reinterpret_cast<Interpreter*>(interpreter);
}

int32_t start(const StartConfig* config, Failure* failure) {
  return image_start(*config, failure) ? 0 : -1;
}

int32_t free_all() {
  if (is_kept_mapped()) return -1;
  free_memory();
  return 0;
}

int32_t stop(Failure* failure) { return image_stop(failure) ? 0 : -1; }

EngineInterpreter* make(const InterpreterConfig* config, Failure* failure) {
  try {
    return reinterpret_cast<EngineInterpreter*>(interpreter_new(*config, failure));
  } catch (const std::exception& error) {
    fail(failure, error.what());
    return nullptr;
  }
}

int32_t end(EngineInterpreter* interpreter, Failure* failure) {
  try {
    return interpreter_end(&unwrap(interpreter), failure) ? 0 : -1;
  } catch (const std::exception& error) {
    fail(failure, error.what());
    return -1;
  }
}

// The carrier may be attached to another state of this image: it is where a function of C called a
// callback of another image without giving the GIL up (PYFUNCTYPE), which came to Java.
void attach(EngineInterpreter* interpreter) {
  Interpreter& own = unwrap(interpreter);
  ++own.attachments;
  PyThreadState* outer = PyThreadState_Swap(own.carrier);
  if (outer != nullptr) own.around.push_back({own.attachments, outer});
}

void detach(EngineInterpreter* interpreter) {
  Interpreter& own = unwrap(interpreter);
  PyThreadState* outer = nullptr;
  if (!own.around.empty() && own.around.back().attachment == own.attachments) {
    outer = own.around.back().state;
    own.around.pop_back();
  }
  --own.attachments;
  PyThreadState_Swap(outer);
}

int64_t invoke(EngineInterpreter* interpreter, uint8_t* scratch, uint64_t size, uint64_t capacity) {
  return carry_out(unwrap(interpreter), scratch, size, capacity);
}

int64_t invoke_from_outside(EngineInterpreter* interpreter, uint8_t* scratch, uint64_t size,
                            uint64_t capacity) {
  PyThreadState* state = make_visitor(unwrap(interpreter).state);
  if (state == nullptr) return 0;
  PyThreadState* outer = PyThreadState_Swap(state);  // see attach
  std::vector<PyThreadState*>& visitors = unwrap(interpreter).visitors;
  int64_t result = 0;
  try {
    visitors.push_back(state);
    result = carry_out_for_visitor(unwrap(interpreter), scratch, size, capacity);
    visitors.erase(std::find(visitors.begin(), visitors.end(), state));
  } catch (const std::bad_alloc&) {
  }
  PyThreadState_Clear(state);
  PyThreadState_DeleteCurrent();
  if (outer != nullptr) PyThreadState_Swap(outer);
  return result;
}

void drop(EngineInterpreter* interpreter, const uint8_t* reply, uint64_t size, uint64_t adopted) {
  drop_reply(unwrap(interpreter), reply, size, adopted);
}

const EngineTable table = {
    kAbiVersion, sizeof(EngineTable), start, stop,     make, end, attach, detach,
    invoke,      invoke_from_outside, drop,  free_all,
};

}  // namespace

const HostTable& host() { return *host_table; }

}  // namespace ophion

extern "C" __attribute__((visibility("default"))) const ophion::EngineTable* ophion_engine(
    const ophion::HostTable* host) {
  if (host->version != ophion::kAbiVersion || host->size != sizeof(ophion::HostTable)) {
    return nullptr;
  }
  ophion::host_table = host;
  return &ophion::table;
}
