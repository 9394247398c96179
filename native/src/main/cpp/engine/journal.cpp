#include "journal.h"

namespace ophion {
namespace {

constexpr uint64_t kEntry = sizeof(uint8_t) + sizeof(uint64_t);

void give_back(Interpreter& interpreter, const Reference& reference) noexcept {
  try {
    switch (reference.kind) {
      case ReferenceKind::kHandle:
        return interpreter.handles.remove(reference.number);
      case ReferenceKind::kPin:
        return interpreter.pins.remove(reference.number);
      case ReferenceKind::kLease:
        return host().lease_drop(reference.number);
    }
  } catch (const std::bad_alloc&) {
    // The object is released all the same; only its place in the table is not used again.
  }
}

}  // namespace

void Journal::give_all_back() {
  // Finalizers may run here, and an exception may be set.
  PyObject* raised = PyErr_GetRaisedException();
  while (references_.size() > start_) {
    Reference last = references_.back();
    references_.pop_back();
    give_back(interpreter_, last);
  }
  if (raised != nullptr) PyErr_SetRaisedException(raised);
}

void write_references(Writer& writer) {
  const std::vector<Reference>& known = writer.references();
  if (known.empty()) return;
  if (known.size() > UINT32_MAX) throw NotTransferable{"it refers to too many objects", "result"};
  for (const Reference& reference : known) {
    writer.put(static_cast<uint8_t>(reference.kind));
    writer.put(reference.number);
  }
  writer.put(static_cast<uint32_t>(known.size()));
  writer.patch(0, static_cast<uint8_t>(Status::kReferring));
}

void drop_reply(Interpreter& interpreter, const uint8_t* reply, uint64_t size, uint64_t adopted) {
  if (size < 1 + sizeof(uint32_t) || *reply != static_cast<uint8_t>(Status::kReferring)) return;
  uint32_t count;
  std::memcpy(&count, reply + size - sizeof count, sizeof count);
  if (count > (size - 1 - sizeof count) / kEntry) return;
  const uint8_t* entry = reply + size - sizeof count - count * kEntry;
  for (uint64_t i = 0; i < count; ++i, entry += kEntry) {
    if (i < adopted) continue;
    Reference reference{static_cast<ReferenceKind>(*entry), 0};
    std::memcpy(&reference.number, entry + 1, sizeof reference.number);
    give_back(interpreter, reference);
  }
}

}  // namespace ophion
