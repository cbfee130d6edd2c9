/** The end of a help: lines that a reader can copy. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ embedding-pipeline ${line}\n`).join('')}`;
}
