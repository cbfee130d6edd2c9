import { Logger } from '@nestjs/common';
import { passOnForgetting } from '../cache/supervisor.js';
import { shareOfSettings, type Settings } from '../config/index.js';
import { METRICS_TOTAL, metricsOfThisProcess, textOf, type ProcessMetrics } from '../metrics/supervisor.js';
import { passOnOffers } from '../queue/supervisor.js';
import { STATS_TOTAL } from '../stats/supervisor.js';
import { countCalls, countTokens, MemoryThrottlerStorage, MemoryTokenStorage } from '../throttler/supervisor.js';
import { HttpProcess } from './http-process.js';
import { HttpProcesses } from './http-processes.js';
import { SupervisorMetrics } from './supervisor.metrics.js';
import { ALIVE, SETTINGS } from './topics.js';
import { Totals } from './totals.js';

const LOOK_EVERY_MS = 10_000;
/** A process that says nothing for so long is not busy but stuck. */
const HANGS_AFTER_MS = 30_000;

/** Starts the HTTP processes, replaces those that end, and keeps what they share: docs/decisions/0012-web-concurrency.md. */
export class Supervisor {
  private readonly logger = new Logger('Supervisor');
  private readonly calls = new MemoryThrottlerStorage();
  private readonly tokens = new MemoryTokenStorage();
  private readonly processes: HttpProcesses<HttpProcess>;
  private readonly metrics = new SupervisorMetrics();
  private readonly metricsOfAll: Totals<ProcessMetrics>;
  private readonly totals: readonly Pick<Totals<unknown>, 'answerTo' | 'bury' | 'refresh'>[];
  private looking: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    /** Is called when no process is left and none can be started. */
    gaveUp: () => void,
  ) {
    const running = (): readonly HttpProcess[] => this.processes.running;
    this.metricsOfAll = new Totals(METRICS_TOTAL, running, async () => {
      this.metrics.runs(running().length);
      return [await metricsOfThisProcess()];
    });
    this.totals = [this.metricsOfAll, new Totals(STATS_TOTAL, running)];
    this.processes = new HttpProcesses({
      count: settings.server.processes,
      start: (place) => this.startProcess(place),
      observer: { lost: (process, how, delayMs) => this.lost(process, how, delayMs), gaveUp },
      now: () => performance.now(),
    });
  }

  /** Resolves to the port when all processes listen; undefined = one could not, has said why, and all are gone. */
  async start(): Promise<number | undefined> {
    const port = await this.processes.start();
    if (port !== undefined) this.looking = setInterval(() => this.look(), LOOK_EVERY_MS);
    return port;
  }

  /** Has all processes finish what runs, in the time that there is for it; resolves when they are gone. */
  async stop(timeoutMs: number): Promise<void> {
    clearInterval(this.looking);
    const late = setTimeout(() => void this.kill(), timeoutMs);
    await this.processes.stop('SIGTERM');
    clearTimeout(late);
  }

  async kill(): Promise<void> {
    await this.processes.stop('SIGKILL');
  }

  /** Prometheus text, of all processes together. */
  async metricsText(): Promise<string> {
    return await textOf(await this.metricsOfAll.collect());
  }

  private startProcess(place: number): HttpProcess {
    const process = HttpProcess.fork();
    const { link } = process;
    link.answer(SETTINGS, () => shareOfSettings(this.settings, place));
    countCalls(link, this.calls);
    countTokens(link, this.tokens);
    passOnForgetting(link, () => this.processes.running.filter((other) => other !== process).map((other) => other.link));
    passOnOffers(link, () => this.processes.first?.link);
    for (const total of this.totals) total.answerTo(link);
    return process;
  }

  private lost(process: HttpProcess, how: string, delayMs: number): void {
    this.logger.warn(`An HTTP process (pid ${process.pid}) ended with ${how}; another starts in ${delayMs} ms`);
    this.metrics.restarted();
    for (const total of this.totals) total.bury(process);
  }

  private look(): void {
    for (const total of this.totals) void total.refresh(); // never rejects
    for (const process of this.processes.running) void this.endIfStuck(process);
  }

  private async endIfStuck(process: HttpProcess): Promise<void> {
    try {
      await process.link.ask(ALIVE, undefined, HANGS_AFTER_MS);
    } catch {
      if (process.link.isClosed) return;
      this.logger.warn(`An HTTP process (pid ${process.pid}) does not answer for ${HANGS_AFTER_MS} ms and is ended`);
      process.kill('SIGKILL');
    }
  }
}
