package dev.triptych.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Source code that is compiled in a test. */
public final class SourceCode {
  private SourceCode() {}

  /** A file of this repository. */
  public static String file(String path) throws Exception {
    return Files.readString(Path.of("..", path).toRealPath());
  }

  /** Compiles a public Java class into a folder and loads it. */
  public static Class<?> java(String className, String source, Path folder) throws Exception {
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///" + className.replace('.', '/') + ".java"),
            JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
    boolean good =
        ToolProvider.getSystemJavaCompiler()
            .getTask(messages, null, null, options, null, List.of(file))
            .call();
    assertThat(good).as("%s%n%s", messages, source).isTrue();
    return load(className, folder);
  }

  /** Compiles a Scala file into a folder and loads one of its classes. */
  public static Class<?> scala(String className, Path file, Path folder) throws Exception {
    boolean good =
        scala.tools.nsc.Main.process(
            new String[] {
              "-d",
              folder.toString(),
              "-classpath",
              System.getProperty("java.class.path"),
              "-deprecation",
              "-Werror",
              file.toString()
            });
    assertThat(scala.tools.nsc.Main.reporter().hasErrors()).as("errors in " + file).isFalse();
    return load(className, folder);
  }

  private static Class<?> load(String className, Path folder) throws Exception {
    URL[] urls = {folder.toUri().toURL()};
    return new URLClassLoader(urls, SourceCode.class.getClassLoader()).loadClass(className);
  }
}
