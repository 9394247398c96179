// An interpreter on the thread that made it, driven by requests as the bridge writes them.
#pragma once

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#include "check.h"
#include "engine/wire.h"
#include "host/host.h"

namespace ophion::test {

constexpr size_t kReferenceBytes = 9;  // u8 kind, u64 number

// A reply; `elsewhere` owns one that did not fit.
struct Reply {
  std::vector<uint8_t> bytes;
  // Without the table of what a value refers to: each test knows what it gets.
  Reader content() const {
    size_t size = bytes.size() - 1;
    if (status() == Status::kReferring) {
      uint32_t references;
      CHECK(size >= sizeof(references));
      std::memcpy(&references, bytes.data() + bytes.size() - sizeof(references),
                  sizeof(references));
      size -= sizeof(references) + references * kReferenceBytes;
    }
    return Reader(bytes.data() + 1, size);
  }
  Status status() const { return static_cast<Status>(bytes.at(0)); }
  bool has_value() const { return status() == Status::kValue || status() == Status::kReferring; }
  // Whatever can be read of it.
  std::string text() const {
    std::string readable;
    for (uint8_t byte : bytes)
      readable += byte >= ' ' && byte < 127 ? static_cast<char>(byte) : '.';
    return readable;
  }
};

class Request {
 public:
  explicit Request(Op op) { put(static_cast<uint8_t>(op)); }
  Request& str(std::string_view text) {
    tag(Tag::kStr8).put(static_cast<uint32_t>(text.size()));
    return bytes(text.data(), text.size());
  }
  template <typename T>
  Request& put(T value) {
    return bytes(&value, sizeof(T));
  }
  Request& tag(Tag tag) { return put(static_cast<uint8_t>(tag)); }
  Request& bytes(const void* source, size_t size) {
    auto* from = static_cast<const uint8_t*>(source);
    bytes_.insert(bytes_.end(), from, from + size);
    return *this;
  }
  // One dimension of bytes or numbers.
  Request& memory(const void* address, size_t bytes, bool read_only, const char* format,
                  uint32_t item_size, int64_t stride = 0) {
    auto items = static_cast<int64_t>(bytes / item_size);
    put(reinterpret_cast<uint64_t>(address)).put(static_cast<uint64_t>(bytes));
    put(static_cast<uint8_t>(read_only)).str(format).put(item_size).put(uint32_t{1});
    return put(items).put(stride != 0 ? stride : static_cast<int64_t>(item_size));
  }
  const uint8_t* data() const { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }

 private:
  std::vector<uint8_t> bytes_;
};

class Carrier {
 public:
  Carrier(int64_t image, int64_t id)
      : interpreter_(new_interpreter(image, id, nullptr, true, false)) {}
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  Reply send(const Request& request) { return send(request.data(), request.size()); }

  // Any bytes at all; the scratch memory has exactly the room that it is said to have.
  Reply send(const uint8_t* data, size_t size) {
    release_pins();
    return invoke_with(data, size, &invoke);
  }

  // The same from another thread, while the carrier is detached.
  Reply send_from_outside(const Request& request) {
    return invoke_with(request.data(), request.size(), &invoke_from_outside);
  }

  void exec(std::string_view source) {
    Reply reply = send(Request(Op::kExec).str(source).str("<test>"));
    if (!reply.has_value()) std::fprintf(stderr, "%s\n", reply.text().c_str());
    CHECK(reply.has_value());
  }

  bool is_true(std::string_view expression) {
    Reply reply = send(Request(Op::kEval).str(expression).str(""));
    if (!reply.has_value()) std::fprintf(stderr, "%s\n", reply.text().c_str());
    CHECK(reply.has_value());
    return reply.content().tag() == Tag::kTrue;
  }

  // From any thread: the pin is removed with the next request.
  void release_pin_later(uint64_t pin) {
    std::lock_guard<std::mutex> guard(lock_);
    released_.push_back(pin);
  }

  void attach() { ophion::attach(interpreter_); }
  void detach() { ophion::detach(interpreter_); }

  // Nothing may be left over.
  void end() {
    exec("globals().clear(); import gc; gc.collect()");
    release_pins();
    Reply counts = send(Request(Op::kCounts));
    Reader reader = counts.content();
    CHECK(reader.tag() == Tag::kTuple);
    CHECK(reader.get<uint32_t>() == 3);
    for (int i = 0; i < 3; ++i) {
      CHECK(reader.tag() == Tag::kInt64);
      CHECK(reader.get<uint64_t>() == 0);
    }
    end_interpreter(interpreter_);
  }

 private:
  using Invoke = int64_t (*)(int64_t, int64_t, int64_t, int64_t);

  Reply invoke_with(const uint8_t* data, size_t size, Invoke call) {
    // From malloc, so that a byte beyond the end is found; small, so that replies go elsewhere too.
    size_t capacity = size > 256 ? size : 256;
    auto* scratch = static_cast<uint8_t*>(std::malloc(capacity));
    CHECK(scratch != nullptr);
    std::memcpy(scratch, data, size);
    int64_t length = call(interpreter_, address(scratch), static_cast<int64_t>(size),
                          static_cast<int64_t>(capacity));
    Reply reply;
    if (length == kReplyElsewhere) {
      ReplyPlace place;
      std::memcpy(&place, scratch, sizeof(place));
      auto* elsewhere = reinterpret_cast<uint8_t*>(place.address);
      reply.bytes.assign(elsewhere, elsewhere + place.size);
      release_reply(static_cast<int64_t>(place.address));
    } else {
      CHECK(length > 0);
      reply.bytes.assign(scratch, scratch + length);
    }
    std::free(scratch);
    return reply;
  }

  void release_pins() {
    std::vector<uint64_t> pins;
    {
      std::lock_guard<std::mutex> guard(lock_);
      pins.swap(released_);
    }
    if (pins.empty()) return;
    Request request(Op::kRelease);
    request.put(uint32_t{0}).put(static_cast<uint32_t>(pins.size()));
    for (uint64_t pin : pins) request.put(pin);
    CHECK(invoke_with(request.data(), request.size(), &invoke).has_value());
  }

  int64_t interpreter_;
  std::mutex lock_;
  std::vector<uint64_t> released_;
};

}  // namespace ophion::test
