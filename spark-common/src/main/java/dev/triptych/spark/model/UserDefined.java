package dev.triptych.spark.model;

import dev.triptych.core.InvalidInputException;
import dev.triptych.core.loss.Loss;
import dev.triptych.core.loss.Loss.LabelKind;
import dev.triptych.core.model.LinearModel;
import dev.triptych.core.model.Model;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;

/**
 * A user's own class on the class path: a {@link Loss} of a linear model's score, or a {@link
 * Model}. It needs a public constructor without arguments or one that takes the number of features,
 * {@code int}. Workers and servers need it on their class path too.
 */
public final class UserDefined {
  /** What a problem's name starts with when it names a class. */
  public static final String PREFIX = "class:";

  private final String name;
  private final Constructor<?> constructor;
  private final boolean sized;

  private UserDefined(String name, Constructor<?> constructor, boolean sized) {
    this.name = name;
    this.constructor = constructor;
    this.sized = sized;
  }

  /**
   * Finds the class behind {@code class:NAME}.
   *
   * @throws InvalidInputException one line: no such class, neither a loss nor a model, no such
   *     constructor
   */
  public static UserDefined named(String problem) {
    String name = problem.substring(PREFIX.length());
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    Class<?> found;
    try {
      found = Class.forName(name, true, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new InvalidInputException(problem + ": no such class on the class path (" + e + ")", e);
    }
    if (!Loss.class.isAssignableFrom(found) && !Model.class.isAssignableFrom(found)) {
      throw new InvalidInputException(
          problem
              + ": expected a class that implements "
              + Loss.class.getName()
              + " or "
              + Model.class.getName());
    }
    if (Modifier.isAbstract(found.getModifiers()) || !Modifier.isPublic(found.getModifiers())) {
      throw new InvalidInputException(problem + ": expected a public class that is not abstract");
    }
    try {
      return new UserDefined(name, found.getConstructor(int.class), true);
    } catch (NoSuchMethodException e) {
      // The other one will do.
    }
    try {
      return new UserDefined(name, found.getConstructor(), false);
    } catch (NoSuchMethodException e) {
      throw new InvalidInputException(
          problem
              + ": expected a public constructor without arguments or with the number of features"
              + " (int)",
          e);
    }
  }

  /** Which labels it is made for. */
  public LabelKind labelKind() {
    Object made = make(1);
    return made instanceof Loss loss ? loss.labelKind() : ((Model) made).labelKind();
  }

  /**
   * The model over {@code numFeatures} features.
   *
   * @param intercept of the linear model when the class is a loss; a model decides by itself
   * @throws InvalidInputException when the class has another number of features
   */
  public Model model(int numFeatures, boolean intercept) {
    Object made = make(numFeatures);
    if (made instanceof Loss loss) {
      return new LinearModel(loss, numFeatures, intercept);
    }
    Model model = (Model) made;
    if (!sized) {
      model = model.withNumFeatures(numFeatures);
    }
    if (model.numFeatures() != numFeatures) {
      throw new InvalidInputException(
          PREFIX
              + name
              + ": the data has "
              + numFeatures
              + " features, the model says "
              + model.numFeatures());
    }
    return model;
  }

  private Object make(int numFeatures) {
    try {
      return sized ? constructor.newInstance(numFeatures) : constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new InvalidInputException(
          PREFIX + name + ": its constructor failed: " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new InvalidInputException(PREFIX + name + ": cannot be constructed: " + e, e);
    }
  }
}
