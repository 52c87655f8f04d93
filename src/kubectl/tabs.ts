// Elastic tab stops: text whose cells end in tabs becomes aligned columns.
// Models Go's text/tabwriter (format, writeLines), which kubectl prints every table and description with.

export interface TabStyle {
  /** Least width of a column, padding included. */
  readonly minWidth: number;
  readonly padding: number;
}

/** kubectl get (cli-runtime/pkg/printers/tabwriter.go). */
export const TABLE_STYLE: TabStyle = { minWidth: 6, padding: 3 };
/** kubectl describe (kubectl/pkg/describe/describe.go tabbedString). */
export const DESCRIBE_STYLE: TabStyle = { minWidth: 0, padding: 2 };

/** Width in characters as Go counts them: code points. */
const widthOf = (cell: string) => [...cell].length;

const hasColumn = (line: readonly string[] | undefined, column: number) => line !== undefined && column < line.length - 1;

/** Aligns text: a column is a run of lines that have a tab-ended cell there; its width is its widest cell plus padding. */
export function alignTabs(text: string, style: TabStyle): string {
  const lines = text.split('\n').map((line) => line.split('\t'));
  const widths: number[] = [];
  const printed: string[] = [];
  const write = (from: number, to: number) => {
    for (const line of lines.slice(from, to)) {
      printed.push(
        line
          .map((cell, i) => (i < line.length - 1 ? cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell))) : cell))
          .join(''),
      );
    }
  };
  const format = (from: number, to: number): void => {
    const column = widths.length;
    let start = from;
    for (let at = from; at < to; at++) {
      if (!hasColumn(lines[at], column)) continue;
      write(start, at);
      start = at;
      let width = style.minWidth;
      for (; at < to && hasColumn(lines[at], column); at++)
        width = Math.max(width, widthOf(lines[at]?.[column] as string) + style.padding);
      widths.push(width);
      format(start, at);
      widths.pop();
      start = at;
      at--;
    }
    write(start, to);
  };
  format(0, lines.length);
  return printed.join('\n');
}

/** Rows of cells as lines; the last cell of a row is not padded. `widths` are the widest so far, as kubectl's -w remembers them. */
export function alignRows(rows: readonly (readonly string[])[], widths: number[] = []): string {
  for (const row of rows)
    row.slice(0, -1).forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? TABLE_STYLE.minWidth, widthOf(cell) + TABLE_STYLE.padding);
    });
  return rows
    .map(
      (row) =>
        `${row.map((cell, i) => (i < row.length - 1 ? cell + ' '.repeat((widths[i] as number) - widthOf(cell)) : cell)).join('')}\n`,
    )
    .join('');
}
