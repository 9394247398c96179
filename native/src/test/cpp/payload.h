// A dump as its receivers need it, with a lease for each pin; see engine/transfer.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "carrier.h"
#include "leases.h"

namespace ophion::test {

class Payload {
 public:
  // On the owner's thread.
  static std::shared_ptr<Payload> dump(Carrier& owner, std::string_view expression) {
    auto payload = std::shared_ptr<Payload>(new Payload(owner));
    Reply reply = owner.send(Request(Op::kDump).str(expression));
    CHECK(reply.has_value());
    Reader reader = reply.content();
    payload->read_in_band(owner, reader);
    auto count = reader.get<uint32_t>();
    for (uint32_t i = 0; i < count; ++i) payload->read_buffer(owner, reader);
    CHECK(reader.left() == 0);
    return payload;
  }

  Payload(const Payload&) = delete;
  Payload& operator=(const Payload&) = delete;
  ~Payload() {
    for (uint64_t lease : leases_) Leases::all().drop(lease);
  }

  // On the receiver's thread. The payload holds the leases until it returns. Its own interpreter
  // gets pins back.
  Reply load(Carrier& receiver, std::string_view name) const {
    bool is_own = &receiver == owner_;
    Request request(Op::kLoad);
    std::vector<uint8_t> in_band = in_band_;
    if (is_own && in_band[0] == 1) put_pin(in_band, in_band_pin_);
    request.str(name).bytes(in_band.data(), in_band.size());
    request.put(static_cast<uint32_t>(buffers_.size()));
    for (size_t i = 0; i < buffers_.size(); ++i) {
      std::vector<uint8_t> buffer = buffers_[i];
      if (is_own) put_pin(buffer, pins_[i]);
      request.bytes(buffer.data(), buffer.size());
    }
    return receiver.send(request);
  }

 private:
  explicit Payload(Carrier& owner) : owner_(&owner) {}

  // In the place of the lease, behind the first byte of both forms.
  static void put_pin(std::vector<uint8_t>& bytes, uint64_t pin) {
    uint64_t own = pin | uint64_t{1} << 63;
    std::memcpy(bytes.data() + 1, &own, sizeof(own));
  }

  uint64_t lease_of(Carrier& owner, uint64_t pin) {
    leases_.push_back(Leases::all().begin([&owner, pin] { owner.release_pin_later(pin); }));
    return leases_.back();
  }

  template <typename T>
  static void append(std::vector<uint8_t>& bytes, T value) {
    auto* from = reinterpret_cast<const uint8_t*>(&value);
    bytes.insert(bytes.end(), from, from + sizeof(T));
  }

  void read_in_band(Carrier& owner, Reader& reader) {
    auto kind = reader.get<uint8_t>();
    append(in_band_, kind);
    if (kind == 0) {
      auto size = reader.get<uint64_t>();
      append(in_band_, size);
      const uint8_t* data = reader.take(size);
      in_band_.insert(in_band_.end(), data, data + size);
      return;
    }
    in_band_pin_ = reader.get<uint64_t>();
    append(in_band_, lease_of(owner, in_band_pin_));
    append(in_band_, reader.get<uint64_t>());
    append(in_band_, reader.get<uint64_t>());
  }

  // Copies all but the pin, which becomes a lease.
  void read_buffer(Carrier& owner, Reader& reader) {
    std::vector<uint8_t> buffer;
    append(buffer, reader.get<uint8_t>());
    pins_.push_back(reader.get<uint64_t>());
    append(buffer, lease_of(owner, pins_.back()));
    append(buffer, reader.get<uint64_t>());
    append(buffer, reader.get<uint64_t>());
    append(buffer, reader.get<uint8_t>());
    CHECK(reader.tag() == Tag::kStr8);
    append(buffer, static_cast<uint8_t>(Tag::kStr8));
    auto length = reader.get<uint32_t>();
    append(buffer, length);
    const uint8_t* format = reader.take(length);
    buffer.insert(buffer.end(), format, format + length);
    append(buffer, reader.get<uint32_t>());
    auto dimensions = reader.get<uint32_t>();
    append(buffer, dimensions);
    for (uint32_t i = 0; i < 2 * dimensions; ++i) append(buffer, reader.get<int64_t>());
    buffers_.push_back(std::move(buffer));
  }

  Carrier* owner_;
  uint64_t in_band_pin_ = 0;
  std::vector<uint64_t> pins_;
  std::vector<uint8_t> in_band_;
  std::vector<std::vector<uint8_t>> buffers_;
  std::vector<uint64_t> leases_;
};

}  // namespace ophion::test
