package dev.triptych.notebooks;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.zeppelin.interpreter.InterpreterHookRegistry;
import org.apache.zeppelin.interpreter.ResultMessages;
import org.apache.zeppelin.interpreter.ZeppelinContext;
import org.apache.zeppelin.tabledata.TableDataUtils;

/**
 * Zeppelin's {@code z}. Only how a Dataset becomes a {@code %table} is ours, because Zeppelin's
 * class for it (SparkZeppelinContext) is published nowhere; it does the same: at most {@code
 * zeppelin.spark.maxResult} rows, and {@code %text} at the end so that what follows stays out of
 * the table.
 */
public final class TableContext extends ZeppelinContext {
  /** Zeppelin's default of {@code zeppelin.spark.maxResult}. */
  static final int MAX_ROWS = 1000;

  public TableContext() {
    super(new InterpreterHookRegistry(), MAX_ROWS);
  }

  @Override
  public Map<String, String> getInterpreterClassMap() {
    return Map.of();
  }

  @Override
  @SuppressWarnings("rawtypes")
  public List<Class> getSupportedClasses() {
    return List.of(Dataset.class);
  }

  @Override
  public String showData(Object shown, int maxRows) {
    Dataset<Row> table = ((Dataset<?>) shown).toDF();
    StringBuilder text = new StringBuilder("%table ");
    text.append(String.join("\t", TableDataUtils.normalizeColumns(table.columns()))).append('\n');
    List<Row> rows = table.takeAsList(maxRows + 1);
    for (Row row : rows.subList(0, Math.min(maxRows, rows.size()))) {
      for (int i = 0; i < row.size(); i++) {
        text.append(i == 0 ? "" : "\t").append(TableDataUtils.normalizeColumn(row.get(i)));
      }
      text.append('\n');
    }
    if (rows.size() > maxRows) {
      text.append('\n')
          .append(ResultMessages.getExceedsLimitRowsMessage(maxRows, "zeppelin.spark.maxResult"));
    }
    return text.append("\n%text ").toString();
  }
}
