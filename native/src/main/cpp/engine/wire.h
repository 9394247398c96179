// The tagged binary form in which requests, values and replies cross (one crossing a call, no JNI
// call per element). Little-endian, unaligned. dev.ophion.bridge.codec is its Java twin.
//
//   request := u8 op | wanted << 5, operands        reply := u8 status, content
//   wanted: a result that is a small array of just these numbers may come back as its elements.
//     1: double 2: float 3: int64 4: int32 5: int16 0: none
//   status 0: a value    1: describe(exception), a value    2: str message, str path
//   status 3: a value that refers to something, then n x (u8 ReferenceKind, u64 number), u32 n:
//             all that it refers to, in the order of the value. Whoever has the reply owns it.
//   status 4: nothing; the interpreter's end has begun and dropped what the request is about
//   str  := STR8 | STR16
//   args := u32 n, n values, u32 k, k x (str name, value)
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ophion {

enum class Tag : uint8_t {
  kNone = 0x00,
  kFalse = 0x01,
  kTrue = 0x02,
  kInt64 = 0x03,      // i64
  kBigInt = 0x04,     // u32 n, n bytes of two's complement, little-endian
  kFloat = 0x05,      // f64
  kComplex = 0x06,    // f64, f64
  kStr8 = 0x07,       // u32 n, n Latin-1 bytes
  kStr16 = 0x08,      // u32 n, n UTF-16 units
  kBytes = 0x09,      // u64 n, n bytes
  kByteArray = 0x0A,  // u64 n, n bytes
  kList = 0x0B,       // u32 n, n values
  kTuple = 0x0C,      // u32 n, n values
  kSet = 0x0D,        // u32 n, n values
  kFrozenSet = 0x0E,  // u32 n, n values
  kDict = 0x0F,       // u32 n, n x (key, value)
  kFloats = 0x10,     // u32 n, n f64: a list of floats
  kInts = 0x11,       // u32 n, n i64: a list of ints
  kArray = 0x12,      // u8 array.array typecode, u64 n, n bytes; to Java only if wanted
  kDate = 0x13,       // i32 year, u8 month, u8 day
  kTime = 0x14,       // clock, zone
  kDateTime = 0x15,   // i32 year, u8 month, u8 day, clock, zone
                      //   clock := u8 hour, u8 minute, u8 second, i32 nanosecond, u8 fold
                      //   zone  := u8 0 | u8 1, i32 offset | u8 2, str key, i32 offset (seconds)
  kTimeDelta = 0x16,  // i32 days, i32 seconds, i32 nanoseconds
  kDecimal = 0x17,    // str
  kUuid = 0x18,       // 16 bytes, big-endian
  kPath = 0x19,       // str
  kEnum = 0x1A,       // str "module:qualname", str member; to Java also its value
  kRecord = 0x1B,     // str type name, u32 n, n x (str name, value): record or dataclass
  kHandle = 0x1C,     // u64 id; to Java also str type name
  kBuffer = 0x1D,     // memory: to Java u64 pin; to Python u64 lease, or, for memory of the very
                      //   interpreter that reads, its pin with the highest bit set; then
                      //   u64 address, u64 size in bytes, u8 read-only, str format, u32 item size,
                      //   u32 n, n i64 shape, n i64 strides (bytes). Address and size are the span
                      //   from the lowest to the highest byte that an element touches, 0 bytes
                      //   without elements; the first element lies -stride * (length - 1) bytes
                      //   above the address for each dimension with a negative stride. A format is
                      //   one of PEP 3118 as UTF-8, each byte a Latin-1 character. PEP 3118 has no
                      //   dates: they are written M8[unit] and m8[unit], with a byte order before
                      //   and a count before the unit where NumPy has one
  kStop = 0x1E,       // the iterator is exhausted; replies only
  kHeapArray = 0x1F,  // u8 kBytes, kByteArray or kArray: what it becomes, u8 typecode, u64 the
                      //   host's reference, u64 offset, u64 n, both in bytes; to Python only. Read
                      //   where it is, so for large arrays whose caller waits
};

enum class Status : uint8_t {
  kValue = 0,
  kRaised = 1,
  kNotTransferable = 2,
  kReferring = 3,
  kEnding = 4,
};

enum class ReferenceKind : uint8_t { kHandle = 0, kPin = 1, kLease = 2 };

// What is to be given back once by whoever has the reply in which the number stands.
struct Reference {
  ReferenceKind kind;
  uint64_t number;
};

enum class Op : uint8_t {
  kExec = 1,        // str source or bytes of a file, str file name -> None; an empty name is none
  kEval = 2,        // str expression, str file name        -> value; an empty name is none
  kSet = 3,         // str name, value                      -> None
  kGet = 4,         // str name                             -> value
  kImport = 5,      // str module                           -> handle
  kCall = 6,        // str function, args                   -> value
  kFunction = 7,    // str function                         -> handle
  kCallHandle = 8,  // u64 handle, args                     -> value
  kGetAttr = 9,     // u64 handle, str name                 -> value
  kSetAttr = 10,    // u64 handle, str name, value          -> None
  kGetItem = 11,    // u64 handle, value key                -> value
  kSetItem = 12,    // u64 handle, value key, value         -> None
  kStr = 13,        // u64 handle                           -> str
  kIter = 14,       // u64 handle                           -> handle
  kNext = 15,       // u64 handle                           -> value or STOP
  kRelease = 16,    // u32 n, n u64 handles, u32 k, k u64 pins -> None
  kDump = 17,       // str expression                       -> payload, see transfer.h
  kLoad = 18,       // str name, payload                    -> None
  kCounts = 19,  //                                      -> tuple of ints: handles, pins, exporters
  kDropHandles = 20,  //                                      -> None; handles and __main__ are gone
  kTake = 21,         // str name                             -> taken, see taking.h
  kOwnCall = 22,      // as kCall, but the runtime's own: no call of a user, never interrupted;
                      //   gives plain values only
  kInterrupt = 23,    //                                      -> bool: whether a call was running
  kCaptured = 24,     // u32 receiver, u8 streams, op, operands -> as that; what it prints goes to a
                      //   receiver of its own, see printing.h
  kDropPins = 25,     //                                      -> None; every pin is gone
};

// A request that does not follow this page. It never comes from a caller, only from a bug.
struct WireError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Reader {
 public:
  Reader(const uint8_t* data, uint64_t size) : at_(data), end_(data + size) {}

  template <typename T>
  T get() {
    T value;
    std::memcpy(&value, take(sizeof(T)), sizeof(T));
    return value;
  }

  Tag tag() { return static_cast<Tag>(get<uint8_t>()); }

  // The next n bytes, in place.
  const uint8_t* take(uint64_t n) {
    if (n > static_cast<uint64_t>(end_ - at_)) throw WireError("a request ends too early");
    const uint8_t* start = at_;
    at_ += n;
    return start;
  }

  uint64_t left() const { return static_cast<uint64_t>(end_ - at_); }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

// Writes into borrowed memory and moves to memory of its own when that is full.
class Writer {
 public:
  Writer(uint8_t* scratch, uint64_t capacity)
      : scratch_(scratch), data_(scratch), capacity_(capacity) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    if (data_ != scratch_) std::free(data_);
  }

  template <typename T>
  void put(T value) {
    std::memcpy(reserve(sizeof(T)), &value, sizeof(T));
  }
  void tag(Tag value) { put(static_cast<uint8_t>(value)); }
  void bytes(const void* source, uint64_t n) {
    if (n != 0) std::memcpy(reserve(n), source, n);
  }
  // A str of ASCII or Latin-1 text.
  void latin1(std::string_view text) {
    tag(Tag::kStr8);
    put(static_cast<uint32_t>(text.size()));
    bytes(text.data(), text.size());
  }

  uint8_t wanted_elements = 0;  // of the request

  uint8_t* reserve(uint64_t n) {
    if (n > capacity_ - size_) grow(n);
    uint8_t* place = data_ + size_;
    size_ += n;
    return place;
  }

  uint64_t size() const { return size_; }
  void truncate(uint64_t size) { size_ = size; }
  // Overwrites what was put at `offset` earlier.
  template <typename T>
  void patch(uint64_t offset, T value) {
    std::memcpy(data_ + offset, &value, sizeof(T));
  }

  // What was put at `offset` earlier.
  template <typename T>
  T at(uint64_t offset) const {
    T value;
    std::memcpy(&value, data_ + offset, sizeof(T));
    return value;
  }

  // What the reply refers to, in the order of the value. See journal.h.
  std::vector<Reference>& references() { return references_; }

  // Null while everything fits the borrowed memory; the caller frees it.
  uint8_t* detach_own_memory() {
    if (data_ == scratch_) return nullptr;
    uint8_t* own = data_;
    data_ = scratch_;
    return own;
  }

 private:
  void grow(uint64_t n) {
    uint64_t wanted = size_ + n;
    uint64_t capacity = capacity_ * 2 > wanted ? capacity_ * 2 : wanted;
    auto* bigger = static_cast<uint8_t*>(data_ == scratch_ ? std::malloc(capacity)
                                                           : std::realloc(data_, capacity));
    if (bigger == nullptr) throw std::bad_alloc();
    if (data_ == scratch_) std::memcpy(bigger, scratch_, size_);
    data_ = bigger;
    capacity_ = capacity;
  }

  uint8_t* const scratch_;
  uint8_t* data_;
  uint64_t capacity_;
  uint64_t size_ = 0;
  std::vector<Reference> references_;
};

}  // namespace ophion
