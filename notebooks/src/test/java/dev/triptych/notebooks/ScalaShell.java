package dev.triptych.notebooks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import scala.Console;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.tools.nsc.Settings;
import scala.tools.nsc.interpreter.IMain;
import scala.tools.nsc.interpreter.Results;
import scala.tools.nsc.interpreter.shell.ReplReporterImpl;

/**
 * Scala's interpreter, set up as Zeppelin's Spark interpreter sets it up: class-based wrappers, and
 * classes in a folder that executors load them from ({@code spark.repl.class.outputDir}).
 */
final class ScalaShell implements AutoCloseable {
  private static final String CLASS_PREFIX = "scala.repl.name.line";

  private final Switch output = new Switch();
  private final IMain interpreter;

  /**
   * @param classes existing folder of the compiled classes
   * @param prefix of their names, which nobody else uses in this folder
   */
  ScalaShell(Path classes, String prefix) {
    System.setProperty(CLASS_PREFIX, prefix);
    Settings settings = new Settings();
    settings.processArguments(
        list("-Yrepl-class-based", "-Yrepl-outdir", classes.toString()), true);
    settings.classpath().value_$eq(System.getProperty("java.class.path"));
    PrintWriter writer = new PrintWriter(output, true, StandardCharsets.UTF_8);
    interpreter = new IMain(settings, new ReplReporterImpl(settings, writer));
    if (!interpreter.initializeCompiler()) {
      throw new IllegalStateException("the Scala interpreter does not start");
    }
  }

  /** Gives an object a name in the code to come, as Zeppelin gives {@code spark} and {@code z}. */
  void bind(String name, String type, Object value) {
    if (interpreter.bind(name, type, value, list("@transient")) != success()) {
      throw new IllegalStateException("cannot bind " + name);
    }
  }

  /**
   * Runs code; what it prints, and what the interpreter says of it, goes to {@code out}.
   *
   * @return whether it compiled and threw nothing
   */
  boolean run(String code, OutputStream out) throws Exception {
    Callable<Boolean> interpreted =
        () -> {
          Results.Result result = interpreter.interpret(code);
          if (result == Results.Incomplete$.MODULE$) {
            // As Zeppelin: code may end in a comment.
            result = interpreter.interpret(code + "\nprint(\"\")");
          }
          return result == success();
        };
    Thread thread = Thread.currentThread();
    ClassLoader loader = thread.getContextClassLoader();
    PrintStream systemOut = System.out;
    PrintStream shellOut = new PrintStream(output, true, StandardCharsets.UTF_8);
    output.target = out;
    try {
      thread.setContextClassLoader(interpreter.classLoader());
      System.setOut(shellOut);
      return Console.withOut(
          shellOut,
          () -> {
            try {
              return interpreted.call();
            } catch (Exception e) {
              throw new IllegalStateException("the Scala interpreter failed", e);
            }
          });
    } finally {
      shellOut.flush();
      System.setOut(systemOut);
      thread.setContextClassLoader(loader);
      output.target = OutputStream.nullOutputStream();
    }
  }

  ClassLoader classLoader() {
    return interpreter.classLoader();
  }

  @Override
  public void close() {
    interpreter.close();
  }

  private static Results.Result success() {
    return Results.Success$.MODULE$;
  }

  private static scala.collection.immutable.List<String> list(String... items) {
    Seq<String> seq = CollectionConverters.asScala(List.of(items)).toSeq();
    return seq.toList();
  }

  /** One stream for the interpreter's life, whose target changes with the paragraph. */
  private static final class Switch extends OutputStream {
    private volatile OutputStream target = OutputStream.nullOutputStream();

    @Override
    public void write(int b) throws IOException {
      target.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      target.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      target.flush();
    }
  }
}
