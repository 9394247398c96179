package dev.ophion.bridge.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ophion.Interpreter;
import dev.ophion.InterpreterOptions;
import dev.ophion.Isolation;
import dev.ophion.Python;
import dev.ophion.bridge.interpreter.NoLeftovers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The probe repeats in Python what the engine finds out: it runs where there is no engine. */
@ExtendWith(NoLeftovers.class)
final class ProbeRulesTest {

  @Test
  void refusal_ofAllModulesOfTheDistribution_isTheEngines() throws Exception {
    try (var in = ImportProbe.class.getResourceAsStream("probe.py");
        Interpreter python =
            Python.start()
                .newInterpreter(
                    InterpreterOptions.builder()
                        .name("rules")
                        .isolation(Isolation.SUBINTERPRETER)
                        .build())) {
      python.set("source", new String(in.readAllBytes(), StandardCharsets.UTF_8));
      python.exec(
          """
          import _ophion, collections, glob, os, sys, types
          from _ophion_support import guards
          probe = types.ModuleType('probe')
          exec(source, probe.__dict__)
          differences, seen = [], collections.Counter()
          folder = next(path for path in sys.path if path.endswith('lib-dynload'))
          for file in glob.glob(folder + '/*.so'):
              support = _ophion.extension_support(os.fsencode(file))
              seen[support] += 1
              if guards.REASONS.get(support) != probe.refusal(file):
                  differences.append((file, support, probe.refusal(file)))
          """);
      assertThat(python.eval("differences")).isEqualTo(List.of());
      // Each kind, so that it was a comparison.
      assertThat(python.eval("sorted(seen)")).isEqualTo(List.of(0L, 1L, 2L));
    }
  }
}
