package dev.ophion.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ophion.Access;
import dev.ophion.Interpreter;
import dev.ophion.NotTransferableException;
import dev.ophion.Payload;
import dev.ophion.Python;
import dev.ophion.bridge.memory.LeaseTable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TransferTest extends TwoInterpreters {

  @BeforeEach
  void open() {
    for (Interpreter each : List.of(sender, receiver)) {
      each.exec("import array, ctypes, gc, mmap, pickle");
    }
  }

  /** Moves the value of an expression and returns how many buffers went out of band. */
  private int move(String expression, Access access) {
    try (Payload payload = sender.dump(expression, access)) {
      receiver.load("x", payload);
      return payload.buffers().size();
    }
  }

  @Test
  void writable_writtenOnOneSide_isReadOnTheOthers() {
    sender.exec("v = {'a': bytearray(100_000)}");
    try (Payload payload = sender.dump("v", Access.WRITABLE)) {
      receiver.load("x", payload);
      ByteBuffer java = payload.buffers().get(0).asByteBuffer();
      receiver.exec("x['a'][7] = 1");
      sender.exec("v['a'][8] = 2");
      java.put(9, (byte) 3);
      List<Long> expected = List.of(1L, 2L, 3L);
      assertThat(sender.eval("list(v['a'][7:10])")).isEqualTo(expected);
      assertThat(receiver.eval("list(x['a'][7:10])")).isEqualTo(expected);
      assertThat(List.of(java.get(7), java.get(8), java.get(9)))
          .containsExactly((byte) 1, (byte) 2, (byte) 3);
      String address = "ctypes.addressof(ctypes.c_char.from_buffer(%s['a']))";
      assertThat(sender.eval(address.formatted("v"))).isEqualTo(payload.buffers().get(0).address());
      assertThat(receiver.eval(address.formatted("x")))
          .isEqualTo(payload.buffers().get(0).address());
    }
  }

  @Test
  void readOnly_byDefault_forReceiversAndNotForJava() {
    sender.exec("v = bytearray(100_000)");
    try (Payload payload = sender.dump("v")) {
      receiver.load("x", payload);
      check("x.readonly");
      assertThat(payload.buffers().get(0).isReadOnly()).isFalse();
      payload.buffers().get(0).asByteBuffer().put(0, (byte) 5);
      check("x[0] == 5");
    }
  }

  @Test
  void bytes_evenWritable_stayReadOnlyEverywhere() {
    sender.exec("v = bytes(100_000)");
    try (Payload payload = sender.dump("v", Access.WRITABLE)) {
      receiver.load("x", payload);
      check("x.readonly and type(x) is memoryview and x == bytes(100_000)");
      assertThat(payload.buffers().get(0).isReadOnly()).isTrue();
      assertThat(payload.buffers().get(0).asByteBuffer().isReadOnly()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bytes(16383), 0, bytes",
    "bytes(16384), 1, memoryview",
    "bytearray(16383), 0, bytearray",
    "bytearray(16384), 1, memoryview"
  })
  void bytes_fromTheThresholdOn_goOutOfBand(String expression, int buffers, String type) {
    assertThat(move(expression, Access.READ_ONLY)).isEqualTo(buffers);
    check("type(x) is %s and x == %s".formatted(type, expression));
  }

  @ParameterizedTest
  @ValueSource(chars = {'b', 'B', 'h', 'H', 'i', 'I', 'l', 'L', 'q', 'Q', 'f', 'd'})
  void array_ofAnyTypecode_keepsFormatAndContents(char typecode) {
    assertThat(move("[array.array('%c', range(100))]".formatted(typecode), Access.READ_ONLY))
        .isEqualTo(1);
    check("x[0].format == '%c' and x[0].tolist() == list(range(100))".formatted(typecode));
  }

  @Test
  void array_ofCharacters_keepsItsMemory() {
    move("array.array('w', 'Gr\u00fc\u00dfe')", Access.READ_ONLY);
    check("x.format == 'w' and bytes(x).decode('utf-32-le') == 'Gr\u00fc\u00dfe'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "memoryview(bytearray(range(24))).cast('i', [2, 3])",
        "memoryview(array.array('d', range(10)))[::-2]",
        "memoryview(array.array('h', range(10)))[1:8:3]",
        "memoryview(b'')",
        "memoryview(b'abc')",
        "memoryview(array.array('d'))",
        "memoryview((ctypes.c_short * 2 * 3)())"
      })
  void memoryview_ofAnyShape_keepsShapeStridesAndContents(String expression) {
    assertThat(move(expression, Access.READ_ONLY)).isEqualTo(1);
    sender.exec("v = " + expression);
    for (String part : List.of("v.shape", "v.strides", "v.itemsize", "v.tobytes()")) {
      assertThat(receiver.eval(part.replace("v.", "x."))).as(part).isEqualTo(sender.eval(part));
    }
  }

  @Test
  void memoryview_strided_isSharedAndNotCopied() {
    sender.exec("base = array.array('d', range(10))");
    move("memoryview(base)[8:1:-3]", Access.WRITABLE);
    receiver.exec("x[1] = -1.0");
    assertThat(sender.eval("base[5]")).isEqualTo(-1.0);
  }

  @Test
  void ctypesArrays_areShared() {
    sender.exec("v = (ctypes.c_double * 4)(1, 2, 3, 4)");
    assertThat(move("v", Access.WRITABLE)).isEqualTo(1);
    receiver.exec("x[2] = 30.0");
    check("x.format == 'd' and x.shape == (4,)");
    assertThat(sender.eval("list(v)")).isEqualTo(List.of(1.0, 2.0, 30.0, 4.0));
  }

  @Test
  void ctypesStructures_keepTheirFormat() {
    sender.exec(
        "class Point(ctypes.Structure): _fields_ = [('x', ctypes.c_int), ('y', ctypes.c_double)]\n"
            + "v = (Point * 3)()");
    move("v", Access.READ_ONLY);
    assertThat(receiver.eval("x.format, x.itemsize, x.shape == (3,)"))
        .isEqualTo(sender.eval("memoryview(v).format, 16, True"));
  }

  @Test
  void mmap_isShared() {
    sender.exec("v = mmap.mmap(-1, 10_000)");
    assertThat(move("v", Access.WRITABLE)).isEqualTo(1);
    receiver.exec("x[:3] = b'abc'");
    assertThat(sender.eval("v[:3] == b'abc'")).isEqualTo(true);
    // Its owner cannot unmap it under the receiver.
    assertThatThrownBy(() -> sender.exec("v.close()")).hasMessageContaining("exported pointers");
    receiver.exec("del x");
  }

  @Test
  void pickleBuffer_ofTheUser_isPicklesOwn() {
    assertThat(move("pickle.PickleBuffer(bytearray(b'q' * 50))", Access.READ_ONLY)).isEqualTo(1);
    check("bytes(x) == b'q' * 50");
  }

  @Test
  void sameObjectTwice_arrivesAsOne() {
    sender.exec("v = bytearray(50_000)");
    assertThat(move("[v, {'again': v}, (v,)]", Access.WRITABLE)).isEqualTo(1);
    check("x[0] is x[1]['again'] is x[2][0]");
  }

  @Test
  void containers_nestedWithBuffers_keepTheirShape() {
    sender.exec(
        "v = {'rows': [b'z' * 20000, (bytearray(20000), {b'k' * 20000: 1})], 's': {b'y' * 20000}}");
    assertThat(move("v", Access.READ_ONLY)).isEqualTo(4);
    check("x['rows'][1][1][b'k' * 20000] == 1 and b'y' * 20000 in x['s']");
  }

  @Test
  void cycle_withBuffers_isKept() {
    sender.exec("v = [b'1' * 20000]; v.append(v)");
    move("v", Access.READ_ONLY);
    check("x[1] is x and x[0] == b'1' * 20000");
    receiver.exec("del x; gc.collect()");
  }

  @Test
  void attributesOfObjects_keepTheirTypes() {
    String type =
        """
        import sys, types
        shop = sys.modules['shop'] = types.ModuleType('shop')
        exec('class Item: pass', shop.__dict__)
        """;
    sender.exec(type);
    receiver.exec(type);
    sender.exec(
        "v = shop.Item(); v.image = b'x' * 20000; v.all = [v.image]; v.sizes = array.array('d',"
            + " [1])");
    assertThat(move("v", Access.READ_ONLY)).isEqualTo(2);
    check("type(x.image) is bytes and x.image is x.all[0] and x.sizes == array.array('d', [1])");
  }

  @Test
  void payload_intoManyInterpretersAndItsOwn_isOneMemory() {
    sender.exec("v = array.array('q', range(1000))");
    List<Interpreter> others = new ArrayList<>();
    try (Payload payload = sender.dump("v", Access.WRITABLE)) {
      for (int i = 0; i < 4; i++) {
        Interpreter other = Python.start().newInterpreter("other-" + i);
        others.add(other);
        other.load("x", payload);
        other.load("again", payload);
      }
      sender.load("own", payload);
    }
    for (int i = 0; i < 4; i++) {
      others.get(i).exec("x[%d] = -1".formatted(i));
    }
    assertThat(others.get(3).eval("again[:5].tolist()")).isEqualTo(List.of(-1L, -1L, -1L, -1L, 4L));
    assertThat(sender.eval("v[:4] == own[:4]")).isEqualTo(true);
    others.forEach(Interpreter::close);
  }

  @Test
  void payload_intoItsOwnInterpreter_isReadOnlyToo() {
    sender.exec("v = {'a': array.array('d', [1, 2]), 'b': [bytearray(20000)]}");
    try (Payload payload = sender.dump("v")) {
      sender.load("own", payload);
    }
    assertThat(sender.eval("own['a'].readonly and own['b'][0].readonly and own['a'].format"))
        .isEqualTo("d");
    sender.exec("v['a'][0] = 7");
    assertThat(sender.eval("own['a'][0]")).isEqualTo(7.0);
  }

  @Test
  void payload_closedBeforeItsLoadIsUsed_leavesTheLoadIntact() {
    sender.exec("v = array.array('d', range(100_000))");
    move("v", Access.READ_ONLY);
    sender.exec("del v; gc.collect(); junk = [bytearray(800_000) for _ in range(20)]");
    check("sum(x) == sum(range(100_000))");
    assertThat(LeaseTable.openLeases()).isEqualTo(1);
    receiver.exec("del x");
    assertThat(LeaseTable.openLeases()).isZero();
  }

  @Test
  void payload_closed_refusesEverything() {
    Payload payload = sender.dump("[bytes(20000)]");
    payload.close();
    payload.close();
    assertThatThrownBy(() -> receiver.load("x", payload))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(payload::buffers).isInstanceOf(IllegalStateException.class);
    assertThat(payload.outOfBandBytes()).isEqualTo(20000);
  }

  @Test
  void largeInBandPart_isNotCopiedThroughTheReply() {
    sender.exec("v = list(range(200_000))");
    assertThat(move("v", Access.READ_ONLY)).isZero();
    check("x == list(range(200_000))");
  }

  @Test
  void sender_closedWhileLoadedElsewhere_endsWhenTheReceiverLetsGo() {
    sender.exec("v = array.array('d', range(1000))");
    move("v", Access.READ_ONLY);
    sender.close();
    check("sum(x) == sum(range(1000))");
    receiver.exec("del x");
    sender.close(java.time.Duration.ofSeconds(60));
  }

  @Test
  void interpreters_holdingMemoryOfEachOther_bothEnd() {
    sender.exec("v = array.array('d', range(1000))");
    receiver.exec("w = array.array('d', range(1000))");
    move("v", Access.READ_ONLY);
    try (Payload back = receiver.dump("w")) {
      sender.load("y", back);
    }
    receiver.close();
    sender.close();
    receiver.close(java.time.Duration.ofSeconds(60));
    sender.close(java.time.Duration.ofSeconds(60));
  }

  @Test
  void dump_notPicklable_saysWhatAndWhere() {
    assertThatThrownBy(() -> sender.dump("{'rows': [1, (2, {'f': (i for i in ())})]}"))
        .isInstanceOfSatisfying(
            NotTransferableException.class,
            refusal -> {
              assertThat(refusal.path()).endsWith("[\"rows\"][1][1][\"f\"]");
              assertThat(refusal).hasMessageContaining("generator");
            });
    assertThatThrownBy(() -> sender.dump("[bytearray(20000), bytearray(20000), (i for i in ())]"))
        .isInstanceOf(NotTransferableException.class);
    assertThat(LeaseTable.openLeases()).isZero();
    // Nothing stayed pinned: a bytearray with exports could not grow.
    sender.exec("v = bytearray(20000)");
    assertThatThrownBy(() -> sender.dump("[v, (i for i in ())]"))
        .isInstanceOf(NotTransferableException.class);
    sender.exec("v.append(1)");
  }

  @Test
  void pinnedObject_cannotBeResizedUntilAllAreClosed() {
    sender.exec("v = bytearray(20000)");
    try (Payload payload = sender.dump("v")) {
      assertThat(payload.outOfBandBytes()).isEqualTo(20000);
      assertThatThrownBy(() -> sender.exec("v.append(1)")).hasMessageContaining("re-sized");
    }
    sender.exec("v.append(1)");
  }
}
