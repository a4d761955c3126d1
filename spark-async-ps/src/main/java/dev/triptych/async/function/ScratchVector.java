package dev.triptych.async.function;

import dev.triptych.async.store.PagedVector;

/** A named vector beside the weights; pages of zeros take no memory until written. */
public final class ScratchVector implements VectorView {
  private final PagedVector values;

  ScratchVector(int length) {
    values = new PagedVector(length);
  }

  @Override
  public int length() {
    return values.length();
  }

  @Override
  public double at(int position) {
    return values.get(position);
  }

  /** Changes one value. */
  public void put(int position, double value) {
    int page = values.pageOf(position);
    if (value != 0 || values.page(page) != null) {
      values.own(page)[values.offsetOf(position)] = value;
    }
  }
}
