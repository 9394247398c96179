package dev.ophion.bridge.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.InterpreterOptions;
import dev.ophion.InterpreterState;
import dev.ophion.Isolation;
import dev.ophion.PythonObject;
import dev.ophion.bridge.image.Image;
import dev.ophion.bridge.runtime.TestRuntime;
import dev.ophion.bridge.waiting.Timeouts;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails behind the last step of CPython changes nothing: that was the end. */
@ExtendWith(NoLeftovers.class)
@Timeout(60)
final class EndingErrorsTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void end_behindWhichMemoryRunsOut_isTheEnd(boolean canBeSaid) {
    AtomicReference<Runnable> last = new AtomicReference<>(() -> {});
    HostedInterpreter interpreter = open(new Failing(TestRuntime.image(), last, canBeSaid));
    PythonObject handle = interpreter.eval("object()", PythonObject.class);
    // The carrier finds it when there is nothing any more to give it back to.
    last.set(handle::close);

    interpreter.close(LONG);

    assertThat(interpreter.state()).isEqualTo(InterpreterState.CLOSED);
    assertThat(TestRuntime.registry().all()).doesNotContain(interpreter);
  }

  private static HostedInterpreter open(Image image) {
    HostedInterpreter interpreter =
        TestRuntime.registry()
            .add(
                image,
                Isolation.SUBINTERPRETER,
                InterpreterOptions.builder().name("fails last").build(),
                Timeouts.of(LONG, true),
                true);
    interpreter.start();
    return interpreter;
  }

  /** An image that cannot be closed. */
  private record Failing(Image image, AtomicReference<Runnable> last, boolean canBeSaid)
      implements Image {

    @Override
    public long newInterpreter(long id, boolean ownGil) {
      return image.newInterpreter(id, ownGil);
    }

    @Override
    public void interpreterEnded() {
      last.get().run();
      throw new NoMemory(canBeSaid);
    }
  }

  /** There may be none to say so either. */
  @SuppressWarnings("serial")
  private static final class NoMemory extends OutOfMemoryError {

    private final boolean canBeSaid;

    NoMemory(boolean canBeSaid) {
      super("of the test");
      this.canBeSaid = canBeSaid;
    }

    @Override
    public String getMessage() {
      if (canBeSaid) {
        return super.getMessage();
      }
      throw new OutOfMemoryError("of the test, again");
    }
  }
}
