import Table from 'cli-table3';

const borders = ['top', 'bottom', 'mid', 'left', 'right'].flatMap((side) => [side, `${side}-mid`]);
const corners = ['top-left', 'top-right', 'bottom-left', 'bottom-right', 'mid-mid'];
/** Columns are separated by two spaces; nothing else is drawn. */
const chars = { ...Object.fromEntries([...borders, ...corners].map((part) => [part, ''])), middle: '  ' };
const style = { head: [], border: [], 'padding-left': 0, 'padding-right': 0 };

/** Formats a text table; numeric columns are right-aligned. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const isNumeric = (column: number) => rows.every((row) => typeof row[column] === 'number');
  const colAligns = headings.map((_, column) => (isNumeric(column) ? ('right' as const) : ('left' as const)));
  const lines = new Table({ head: [...headings], colAligns, chars, style });
  lines.push(
    ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell))),
  );
  return lines.toString().replaceAll(/ +$/gm, '');
}
