// What a reply refers to: handles and pins of the interpreter, and leases of the host. Until the
// reply is complete they belong to a Journal, then to whoever has the reply.
#pragma once

#include <cstdint>

#include "interpreter.h"
#include "wire.h"

namespace ophion {

// Owns what is noted in the writer from here on, until it is kept. Others may make handles
// meanwhile, on another thread or nested, so marking the end of the tables would not do.
class Journal {
 public:
  Journal(Interpreter& interpreter, Writer& writer)
      : interpreter_(interpreter),
        references_(writer.references()),
        start_(writer.references().size()) {}
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal() {
    if (!kept_ && references_.size() > start_) give_all_back();
  }
  void keep() { kept_ = true; }

 private:
  void give_all_back();

  Interpreter& interpreter_;
  std::vector<Reference>& references_;
  size_t start_;
  bool kept_ = false;
};

// Room for one more reference, so that noting it cannot fail.
inline void prepare_reference(Writer& writer) {
  std::vector<Reference>& known = writer.references();
  if (known.size() == known.capacity()) known.reserve(known.size() * 2 + 4);
}

inline void note_reference(Writer& writer, ReferenceKind kind, uint64_t number) noexcept {
  writer.references().push_back({kind, number});
}

// Ends a reply of a value: says what it refers to.
void write_references(Writer& writer);

// Gives back what a complete reply refers to, but for the first `adopted` references. Finalizers
// may run.
void drop_reply(Interpreter& interpreter, const uint8_t* reply, uint64_t size, uint64_t adopted);

}  // namespace ophion
