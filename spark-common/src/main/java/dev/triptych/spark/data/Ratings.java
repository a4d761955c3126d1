package dev.triptych.spark.data;

/**
 * Ratings as examples: a row stores two ones, at its user and, behind all users, at its item.
 *
 * @param data training and test examples, the rating being the label
 * @param users their numbers in the file, ascending; user u is feature u
 * @param items the same; item i is feature {@code users.length + i}
 * @param mean of the training ratings
 */
@SuppressWarnings("ArrayRecordComponent")
public record Ratings(TrainingData data, int[] users, int[] items, double mean) {}
