/** The last part of a path with either slash. */
export function fileName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}

/** Line and column from 1, the column in UTF-16 units as editors count it. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (;;) {
    const next = text.indexOf('\n', start);
    if (next < 0 || next >= offset) return { line, column: offset - start + 1 };
    line++;
    start = next + 1;
  }
}
