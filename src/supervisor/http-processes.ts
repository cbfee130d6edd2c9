/** What the group needs of a process. */
export interface SupervisedProcess {
  readonly listening: Promise<number | undefined>;
  readonly ended: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

export interface HttpProcessesOptions<P extends SupervisedProcess> {
  readonly count: number;
  /** `place`: from 0 on; the process that takes another's place gets its number. */
  start(place: number): P;
  readonly observer: HttpProcessesObserver<P>;
  /** Milliseconds that only grow. */
  now(): number;
}

interface HttpProcessesObserver<P> {
  /** Another takes the place of one that has ended, so many milliseconds later. */
  lost(process: P, how: string, delayMs: number): void;
  /** No process is left and none can be started. */
  gaveUp(): void;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
/** A process that served so long was well: what ended it is not in its start. */
const WELL_AFTER_MS = 60_000;

interface Place<P> {
  process: P | undefined;
  /** Whether it listens. */
  serves: boolean;
  delayMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** Keeps so many processes running: one that ends is replaced, the later the sooner it ended. */
export class HttpProcesses<P extends SupervisedProcess> {
  private readonly places: Place<P>[] = [];
  private stopping = false;

  constructor(private readonly options: HttpProcessesOptions<P>) {}

  /** Those that run, by place. */
  get running(): readonly P[] {
    return this.places.flatMap(({ process }) => process ?? []);
  }

  get first(): P | undefined {
    return this.places[0]?.process;
  }

  /**
   * Resolves to the port when all listen; undefined = one has ended instead, and all are gone. The first starts alone: it
   * says what is wrong once, and fetches a model once.
   */
  async start(): Promise<number | undefined> {
    const ports = [await this.startFirstTime()];
    if (ports[0] !== undefined)
      ports.push(...(await Promise.all(Array.from({ length: this.options.count - 1 }, () => this.startFirstTime()))));
    if (ports.includes(undefined) || this.stopping) {
      await this.stop('SIGKILL');
      return undefined;
    }
    this.places.forEach((place, index) => this.watch(place, index));
    return ports[0];
  }

  /** Ends all with this signal; resolves when they are gone. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.stopping = true;
    for (const { timer } of this.places) clearTimeout(timer);
    const ends = this.running.map(async (process) => {
      process.kill(signal);
      await process.ended;
    });
    await Promise.all(ends);
  }

  private async startFirstTime(): Promise<number | undefined> {
    const process = this.options.start(this.places.length);
    const place: Place<P> = { process, serves: false, delayMs: FIRST_DELAY_MS, timer: undefined };
    this.places.push(place);
    const port = await process.listening;
    place.serves = port !== undefined;
    return port;
  }

  private watch(place: Place<P>, index: number): void {
    const { process } = place;
    if (process === undefined) return;
    const startedAt = this.options.now();
    const replace = (how: string): void => {
      place.process = undefined;
      place.serves = false;
      if (this.stopping) return;
      if (this.options.now() - startedAt > WELL_AFTER_MS) place.delayMs = FIRST_DELAY_MS;
      this.replace(place, index, process, how);
    };
    void process.ended.then(replace);
  }

  private replace(place: Place<P>, index: number, lost: P, how: string): void {
    const { delayMs } = place;
    this.options.observer.lost(lost, how, delayMs);
    place.delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
    place.timer = setTimeout(() => {
      place.process = this.options.start(index);
      this.watch(place, index);
      void this.giveUpIfNoneServes(place, place.process);
    }, delayMs);
  }

  /** What keeps it from starting when none is left keeps the others from it too: whoever started the service should hear of it. */
  private async giveUpIfNoneServes(place: Place<P>, process: P): Promise<void> {
    place.serves = (await process.listening) !== undefined;
    if (!this.stopping && !this.places.some(({ serves }) => serves)) this.options.observer.gaveUp();
  }
}
