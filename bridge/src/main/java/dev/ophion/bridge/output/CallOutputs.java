package dev.ophion.bridge.output;

import dev.ophion.Output;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where the output of single calls of one interpreter goes while they run. Thread-safe. */
public final class CallOutputs {

  /** What a receiver's number counts for in the number of a stream; the streams are below. */
  private static final int STREAMS = 4;

  private static final int MOST = (1 << 29) - 1;

  private final ConcurrentMap<Integer, OutputStreams> receivers = new ConcurrentHashMap<>();
  private final AtomicInteger last = new AtomicInteger();
  private final OutputStreams own;

  /**
   * For one interpreter.
   *
   * @param own where everything else that it prints goes
   */
  public CallOutputs(OutputStreams own) {
    this.own = own;
  }

  /**
   * What one call prints goes to a receiver of its own.
   *
   * @param number the receiver's, from 1
   * @param streams its streams by their bits, 1 for stdout and 2 for stderr
   */
  public record Receiver(int number, int streams) {}

  /**
   * Makes a receiver known for one call.
   *
   * @param output where it goes
   * @return what the request says of it
   */
  public Receiver open(OutputStreams output) {
    int streams = (output.redirectsStdout() ? 1 : 0) | (output.redirectsStderr() ? 2 : 0);
    Receiver receiver;
    do {
      int number = last.updateAndGet(before -> before == MOST ? 1 : before + 1);
      receiver = new Receiver(number, streams);
    } while (receivers.putIfAbsent(receiver.number(), output) != null);
    return receiver;
  }

  /**
   * Forgets a receiver; what still comes for it goes where the interpreter's output goes.
   *
   * @param receiver what {@link #open} gave
   */
  public void close(Receiver receiver) {
    receivers.remove(receiver.number());
  }

  /**
   * Hands text on.
   *
   * @param stream the number of the receiver, if there is one, and below it that of the stream
   * @param utf8 the text; empty if an unfinished line is complete
   */
  public void write(int stream, byte[] utf8) {
    OutputStreams receiver = stream < STREAMS ? null : receivers.get(stream / STREAMS);
    (receiver == null ? own : receiver).write(stream % STREAMS, utf8);
  }

  /**
   * Returns the streams for a user's outputs.
   *
   * @param stdout {@link Output#inherit()} to leave it where the interpreter's goes
   * @param stderr as above
   * @return the streams, or {@code null} if both stay
   */
  public static @Nullable OutputStreams of(Output stdout, Output stderr) {
    OutputStreams streams = new OutputStreams(stdout, stderr);
    return streams.redirectsStdout() || streams.redirectsStderr() ? streams : null;
  }
}
