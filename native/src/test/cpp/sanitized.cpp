// Drives the host and the engine without a JVM, for the sanitizers: memory lent to Python, memory
// of Python lent to others, handles, and requests that are no requests.
//
//   sanitized <libpython> <engine> <home> <support folder>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <random>
#include <thread>

#include "carrier.h"
#include "fake_jvm.h"
#include "payload.h"

namespace ophion::test {
namespace {

constexpr int kRounds = 200;
constexpr int kThreads = 3;

// Runs the body on a thread of its own with an interpreter that must be left empty.
template <typename Body>
std::thread on_carrier(int64_t image, int64_t id, Body body) {
  return std::thread([=] {
    attached = true;  // a carrier is a thread of Java
    Carrier carrier(image, id);
    body(carrier);
    carrier.end();
  });
}

// Memory of Java: freed with the last lease, so a use after that is a use after free.
void lend_memory_of_java(Carrier& carrier, uint32_t seed) {
  std::mt19937 random(seed);
  std::atomic<int> freed{0};
  const char* uses[] = {
      "v = m[::2].tobytes()",
      "w = m[1:]; del m",
      "c = memoryview(m).cast('d')[0]",
      "import ctypes\nif not m.readonly: k = (ctypes.c_char * len(m)).from_buffer(m)",
      "m.release()",
      "import threading\nt = threading.Thread(target=lambda x: x[0], args=(m,)); t.start(); "
      "t.join()",
      "loop = [m]; loop.append(loop); del m",
      "try:\n m[0] = 1\nexcept TypeError:\n pass",
  };
  for (int round = 0; round < kRounds; ++round) {
    size_t size = 8 * (1 + random() % 600);
    auto* memory = static_cast<uint8_t*>(std::calloc(1, size));
    uint64_t lease = Leases::all().begin([memory, &freed] {
      std::free(memory);
      ++freed;
    });
    Request request(Op::kSet);
    request.str("m").tag(Tag::kBuffer).put(lease);
    Reply reply = carrier.send(request.memory(memory, size, random() % 2 == 0, "B", 1));
    CHECK(reply.has_value());
    Leases::all().drop(lease);
    CHECK(freed == round);
    carrier.exec(uses[random() % std::size(uses)]);
    carrier.exec("globals().clear(); import gc; gc.collect()");
    CHECK(freed == round + 1);
  }
}

// What reaches beyond its memory is refused, and its lease is not taken.
void refuse_bad_layouts(Carrier& carrier) {
  uint8_t memory[64] = {};
  bool ended = false;
  uint64_t lease = Leases::all().begin([&ended] { ended = true; });
  auto refused = [&](const Request& request) { CHECK(!carrier.send(request).has_value()); };
  auto set = [&] {
    Request request(Op::kSet);
    request.str("m").tag(Tag::kBuffer).put(lease);
    return request;
  };
  refused(set().memory(memory, 64, false, "B", 1, 2));
  refused(set().memory(memory, 64, false, "d", 4));
  refused(set().memory(memory, 64, false, "B", 1, INT64_MAX));
  refused(set().memory(memory, 64, false, "B", 1, INT64_MIN));
  refused(set().memory(nullptr, 64, false, "B", 1));
  Leases::all().drop(lease);
  CHECK(ended);
  CHECK(!carrier.send(set().memory(memory, 64, false, "B", 1)).has_value());
}

// Memory that an interpreter gives up: its own is pinned, foreign memory changes hands with its
// lease, and what others still reach stays.
void take_memory(Carrier& carrier) {
  int freed = 0;
  for (int round = 0; round < kRounds; ++round) {
    carrier.exec("import array\nm = memoryview(array.array('d', [1.0, 2.0]))");
    Reply taken = carrier.send(Request(Op::kTake).str("m"));
    CHECK(taken.has_value());
    Reader own = taken.content();
    CHECK(own.get<uint8_t>() == 0);
    carrier.release_pin_later(own.get<uint64_t>());

    carrier.exec("b = bytearray(64); m = memoryview(b)[::2]");
    CHECK(carrier.send(Request(Op::kTake).str("m")).status() == Status::kNotTransferable);
    CHECK(carrier.is_true("len(m) == 32"));

    auto* memory = static_cast<uint8_t*>(std::calloc(1, 64));
    uint64_t lease = Leases::all().begin([memory, &freed] {
      std::free(memory);
      ++freed;
    });
    Request request(Op::kSet);
    request.str("f").tag(Tag::kBuffer).put(lease).memory(memory, 64, false, "B", 1);
    CHECK(carrier.send(request).has_value());
    Leases::all().drop(lease);
    Reply moved = carrier.send(Request(Op::kTake).str("f"));
    CHECK(moved.has_value());
    Reader foreign = moved.content();
    CHECK(foreign.get<uint8_t>() == 1);
    CHECK(foreign.get<uint64_t>() == lease);
    CHECK(freed == round);
    Leases::all().drop(lease);
    CHECK(freed == round + 1);
  }
}

// Handles die once, and numbers are never used twice.
void use_handles(Carrier& carrier) {
  std::vector<uint64_t> dead;
  for (int round = 0; round < kRounds; ++round) {
    Reply made = carrier.send(Request(Op::kFunction).str("builtins:len"));
    Reader reader = made.content();
    CHECK(reader.tag() == Tag::kHandle);
    auto handle = reader.get<uint64_t>();
    Request call(Op::kCallHandle);
    call.put(handle).put(uint32_t{1}).str("four").put(uint32_t{0});
    CHECK(carrier.send(call).has_value());
    Request release(Op::kRelease);
    release.put(uint32_t{2}).put(handle).put(handle).put(uint32_t{0});
    CHECK(carrier.send(release).has_value());
    CHECK(carrier.send(call).status() == Status::kRaised);
    for (uint64_t earlier : dead) CHECK(earlier != handle);
    dead.push_back(handle);
    // The runtime's own requests have nobody who would give a handle back.
    Request own(Op::kOwnCall);
    own.str("builtins:object").put(uint32_t{0}).put(uint32_t{0});
    CHECK(carrier.send(own).status() == Status::kNotTransferable);
  }
}

// Bytes that only look like requests. Buffers are left out: an address is believed.
void send_nonsense(Carrier& carrier, uint32_t seed) {
  std::mt19937 random(seed);
  Request valid(Op::kSet);
  valid.str("x").tag(Tag::kDict).put(uint32_t{2}).str("rows").tag(Tag::kInts).put(uint32_t{3});
  valid.put(int64_t{1}).put(int64_t{2}).put(int64_t{3}).str("when").tag(Tag::kTuple);
  valid.put(uint32_t{4}).tag(Tag::kFloat).put(1.5).tag(Tag::kBigInt).put(uint32_t{3});
  valid.bytes("abc", 3).tag(Tag::kBytes).put(uint64_t{5}).bytes("bytes", 5).tag(Tag::kDecimal);
  valid.str("1.50");
  CHECK(carrier.send(valid).has_value());
  for (int round = 0; round < 20 * kRounds; ++round) {
    std::vector<uint8_t> bytes(valid.data(), valid.data() + valid.size());
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      bytes[1 + random() % (bytes.size() - 1)] = static_cast<uint8_t>(random());
    }
    if (random() % 2 == 0) bytes.resize(1 + random() % bytes.size());
    bool holds_buffer = false;
    for (uint8_t byte : bytes) holds_buffer |= byte == static_cast<uint8_t>(Tag::kBuffer);
    if (!holds_buffer) carrier.send(bytes.data(), bytes.size());
  }
}

// Payloads that wander between the threads' interpreters.
class Exchange {
 public:
  void put(std::shared_ptr<Payload> payload) {
    std::lock_guard<std::mutex> guard(lock_);
    waiting_.push_back(std::move(payload));
  }
  std::shared_ptr<Payload> take() {
    std::lock_guard<std::mutex> guard(lock_);
    if (waiting_.empty()) return nullptr;
    auto taken = std::move(waiting_.front());
    waiting_.pop_front();
    return taken;
  }

 private:
  std::mutex lock_;
  std::deque<std::shared_ptr<Payload>> waiting_;
};

// Waits until everybody has come; carriers answer releases meanwhile.
class Meeting {
 public:
  explicit Meeting(int expected) : missing_(expected) {}
  void come() { --missing_; }
  bool everybody_is_here() const { return missing_ == 0; }

 private:
  std::atomic<int> missing_;
};

void exchange_payloads(Carrier& carrier, uint32_t seed, Exchange& exchange, Meeting& meeting) {
  std::mt19937 random(seed);
  carrier.exec(
      "import array, pickle\n"
      "def make(n):\n"
      "    data = bytes(range(256)) * n\n"
      "    return {'bytes': bytearray(data), 'floats': array.array('d', range(64 * n)),\n"
      "            'view': memoryview(bytearray(data)).cast('B', (16, 16 * n))[::2],\n"
      "            'text': 'x' * (300 * n)}\n"
      "def check(value):\n"
      "    n = len(value['text']) // 300\n"
      "    return (bytes(value['bytes']) == bytes(range(256)) * n\n"
      "            and value['floats'][-1] == 64 * n - 1 and value['view'].shape == (8, 16 * "
      "n))\n");
  for (int round = 0; round < kRounds; ++round) {
    std::string size = std::to_string(1 + random() % 200);
    exchange.put(Payload::dump(carrier, "make(" + size + ")"));
    std::shared_ptr<Payload> taken = exchange.take();
    if (taken == nullptr) continue;
    CHECK(taken->load(carrier, "got").has_value());
    if (random() % 3 == 0) exchange.put(taken);
    taken = nullptr;
    CHECK(carrier.is_true("check(got)"));
    // What came from elsewhere goes on to the next, if that is a view of a view.
    if (random() % 3 == 0) exchange.put(Payload::dump(carrier, "got"));
    if (random() % 2 == 0) carrier.exec("del got");
  }
  carrier.exec("globals().pop('got', None)");
  while (exchange.take() != nullptr) continue;
  meeting.come();
  while (!meeting.everybody_is_here()) {
    while (exchange.take() != nullptr) continue;
    carrier.exec("pass");
  }
  carrier.exec("pass");
}

// A thread of nobody enters while the carrier is away.
void enter_from_outside(Carrier& carrier) {
  carrier.exec("count = 0");
  carrier.detach();
  std::thread visitor([&carrier] {
    for (int i = 0; i < kRounds; ++i) {
      Request request(Op::kExec);
      CHECK(carrier.send_from_outside(request.str("count += 1").str("<test>")).status() ==
            Status::kValue);
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    carrier.attach();
    carrier.exec("count += 0");
    carrier.detach();
  }
  visitor.join();
  carrier.attach();
  CHECK(carrier.is_true("count == " + std::to_string(kRounds)));
}

void run_all(int64_t image) {
  std::vector<std::thread> threads;
  Exchange exchange;
  Meeting meeting(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    auto seed = static_cast<uint32_t>(20260101 + i);
    threads.push_back(on_carrier(image, i + 1, [seed, &exchange, &meeting](Carrier& carrier) {
      lend_memory_of_java(carrier, seed);
      refuse_bad_layouts(carrier);
      take_memory(carrier);
      use_handles(carrier);
      exchange_payloads(carrier, seed, exchange, meeting);
      enter_from_outside(carrier);
      send_nonsense(carrier, seed);
    }));
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(Leases::all().open() == 0);
  CHECK(attached_threads == 0);
}

int run(const char* libpython, const char* engine, const char* home, const char* support) {
  bind(start_fake_jvm(), fake_host_class());
  // Extension modules find their symbols here; the bridge links its copies of them instead.
  CHECK(dlopen(libpython, RTLD_NOW | RTLD_GLOBAL) != nullptr);
  int64_t image = open_image(libpython, engine, 0);
  std::string lib = std::string(home) + "/lib/python3.14";
  std::string paths = lib + "\n" + lib + "/lib-dynload\n" + support + "\n";
  std::string executable = std::string(home) + "/bin/python3.14";
  // PYTHONMALLOC=malloc shows the sanitizer each object.
  start_image(image, home, executable.c_str(), paths.c_str(), true, false);
  run_all(image);
  stop_image(image);
  close_image(image, "", false);
  std::puts("native test: everything held");
  return 0;
}

}  // namespace
}  // namespace ophion::test

int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "usage: %s libpython engine home support\n", arguments[0]);
    return 2;
  }
  return ophion::test::run(arguments[1], arguments[2], arguments[3], arguments[4]);
}
