package dev.triptych.notebooks;

import java.util.List;

/**
 * How Zeppelin draws a paragraph's table.
 *
 * @param mode {@code table}, {@code lineChart}, {@code multiBarChart} or {@code scatterChart}
 * @param columns that keys, groups, values and axes name
 */
record Chart(String mode, List<Column> columns) {
  static final List<String> MODES =
      List.of(
          "table", "lineChart", "multiBarChart", "stackedAreaChart", "pieChart", "scatterChart");

  /**
   * A column by its name and position, as notes name them.
   *
   * @param numeric whether it is drawn as a height
   */
  record Column(String name, int index, boolean numeric) {}
}
