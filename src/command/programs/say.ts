/** Tells the user a line of the result. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
