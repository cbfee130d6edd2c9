/** One line of what a service tells when it has started. */
export interface SummaryLine {
  readonly title: string;
  readonly text: string;
  /** The settings that change it. */
  readonly settings: readonly string[];
}

const TITLE_WIDTH = 10;

/** Prints what the service does, its address and a first request, for the person who started it. */
export function announce(port: number, summary: readonly SummaryLine[]): void {
  const address = `http://localhost:${port}`;
  process.stdout.write(`
${summary.map(lineOf).join('\n')}

Listening on ${address}
Docs         ${address}/docs
Try          curl -s ${address}/embed -H 'content-type: application/json' -d '{"text":"Hello, world!"}'

`);
}

function lineOf({ title, text, settings }: SummaryLine): string {
  return `${title.padEnd(TITLE_WIDTH)}${text}${settings.length === 0 ? '' : ` [${settings.join(', ')}]`}`;
}
