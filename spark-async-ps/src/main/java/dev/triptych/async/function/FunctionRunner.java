package dev.triptych.async.function;

import java.lang.reflect.Modifier;

/** Finds functions by class name on this process's class path and runs them. */
public final class FunctionRunner {
  /** Numbers that a function may send back at most. */
  public static final int MAX_RESULT = 1 << 20;

  private FunctionRunner() {}

  /**
   * A new instance of the named class.
   *
   * @param loader where to look
   * @throws FunctionFailedException if there is none, or it is no {@link ServerFunction} with a
   *     public constructor without parameters; no code of any other class was run
   */
  public static ServerFunction named(String className, ClassLoader loader)
      throws FunctionFailedException {
    try {
      Class<?> found = Class.forName(className, false, loader);
      if (!ServerFunction.class.isAssignableFrom(found)
          || Modifier.isAbstract(found.getModifiers())) {
        throw new FunctionFailedException(className + " is no " + ServerFunction.class.getName());
      }
      return (ServerFunction) found.getConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw new FunctionFailedException("no class " + className + " on this class path", e);
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new FunctionFailedException(
          className + " needs to be public with a public constructor without parameters: " + e, e);
    }
  }

  /**
   * The function's result on one shard.
   *
   * @throws FunctionFailedException if it threw, gave nothing, or gave more than {@link
   *     #MAX_RESULT} numbers
   */
  public static double[] run(Slice slice, FunctionCall call, ClassLoader loader)
      throws FunctionFailedException {
    ServerFunction function = named(call.function(), loader);
    double[] result;
    try {
      result = function.apply(slice, call);
    } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
      throw new FunctionFailedException(call.function() + " failed: " + e, e);
    } catch (OutOfMemoryError e) {
      throw new FunctionFailedException(call.function() + " asked for too much memory", e);
    }
    if (result == null) {
      throw new FunctionFailedException(call.function() + " gave no result");
    }
    if (result.length > MAX_RESULT) {
      throw new FunctionFailedException(
          "%s gave %d numbers, at most %d may travel"
              .formatted(call.function(), result.length, MAX_RESULT));
    }
    return result;
  }
}
