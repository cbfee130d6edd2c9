import { readFileSync } from 'node:fs';

/** The programs open 100 to 200 files at the start; each connection is one more. */
const LEAST_OPEN_FILES = 512;
const LIMITS_FILE = '/proc/self/limits';

/** Ends the process with one line on stderr if too few files may be open. Where the limit cannot be read, it does nothing. */
export function requireOpenFiles(): void {
  const fault = openFilesFault(readLimits());
  if (fault === undefined) return;
  process.stderr.write(`${fault}\n`);
  process.exit(1);
}

/** The fault of the soft limit in the text of /proc/self/limits; undefined = enough files may be open. */
export function openFilesFault(limits: string): string | undefined {
  const files = Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity); // no digits: `unlimited`
  if (files >= LEAST_OPEN_FILES) return undefined;
  return `At most ${files} files may be open (ulimit -n), and the service needs ${LEAST_OPEN_FILES}: raise the limit, for example with ulimit -n 4096`;
}

function readLimits(): string {
  try {
    return readFileSync(LIMITS_FILE, 'utf8');
  } catch {
    return ''; // not Linux
  }
}
