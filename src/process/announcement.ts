import { packageVersion } from '../config/index.js';

/** One line of what a service tells when it has started. */
export interface SummaryLine {
  readonly title: string;
  readonly text: string;
  /** The settings that change it. */
  readonly settings: readonly string[];
}

const TITLE_WIDTH = 10;
const SAY_EVERY_MS = 2_000;

/** Tells the person who starts the service how far it is: that it starts, that it still does, and what it serves. */
export class Announcement {
  private readonly startedAt = performance.now();
  private readonly timer = setInterval(() => this.sayThatItTakesLong(), SAY_EVERY_MS).unref();

  constructor() {
    process.stdout.write(`Starting embedding-pipeline ${packageVersion()} on Node ${process.version}\n`);
  }

  /** The service listens. Prints what it does, its address and a first request. */
  listening(port: number, summary: readonly SummaryLine[]): void {
    clearInterval(this.timer);
    const address = `http://localhost:${port}`;
    process.stdout.write(`
${summary.map(lineOf).join('\n')}

Listening on ${address}
Docs         ${address}/docs
Try          curl -s ${address}/embed -H 'content-type: application/json' -d '{"text":"Hello, world!"}'

`);
  }

  private sayThatItTakesLong(): void {
    process.stdout.write(`Still starting, after ${Math.round((performance.now() - this.startedAt) / 1000)} s\n`);
  }
}

function lineOf({ title, text, settings }: SummaryLine): string {
  return `${title.padEnd(TITLE_WIDTH)}${text}${settings.length === 0 ? '' : ` [${settings.join(', ')}]`}`;
}
