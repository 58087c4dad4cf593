/** Tables of the pages that a run writes. */

/** `numbers`: all columns but the first are aligned to the right. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  numbers = false,
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = headings.map((_, column) => (numbers && column > 0 ? '---:' : '---'));
  return [line(headings), line(rule), ...rows.map(line)].join('\n');
}
