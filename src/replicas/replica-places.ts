/** The part of a replica that its place uses. */
export interface PlacedReplica {
  readonly listening: Promise<number | undefined>;
  readonly ended: Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

export interface ReplicaPlacesOptions<R extends PlacedReplica> {
  readonly count: number;
  /** @param place From 0 on. A replica that takes another's place gets the same number. */
  start(place: number): R;
  readonly observer: ReplicaObserver<R>;
  /** Milliseconds that only grow. */
  now(): number;
}

interface ReplicaObserver<R> {
  /** A replica has ended; another takes its place after this delay. */
  lost(replica: R, how: string, delayMs: number): void;
  /** No replica serves, and none can be started. */
  gaveUp(): void;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
/** If a replica has run this long, a restart will probably work, so its delay is the first one again. */
const WELL_AFTER_MS = 60_000;

interface Place<R> {
  replica: R | undefined;
  /** Whether the replica listens. */
  serves: boolean;
  delayMs: number;
  timer: NodeJS.Timeout | undefined;
}

/** Keeps a number of replicas running. One that ends is replaced after a delay, which doubles each time that it ends soon. */
export class ReplicaPlaces<R extends PlacedReplica> {
  private readonly places: Place<R>[] = [];
  private stopping = false;

  constructor(private readonly options: ReplicaPlacesOptions<R>) {}

  /** The replicas that run, by place. */
  get running(): readonly R[] {
    return this.places.flatMap(({ replica }) => replica ?? []);
  }

  /** The replicas that listen. */
  get serving(): readonly R[] {
    return this.places.flatMap(({ replica, serves }) => (serves ? (replica ?? []) : []));
  }

  /**
   * Resolves to the port when all listen; undefined = one has ended instead, and all are gone. The first starts alone, so
   * that a fault is printed once and a model is fetched once.
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

  /** Sends all replicas this signal; resolves when they are gone. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.stopping = true;
    for (const { timer } of this.places) clearTimeout(timer);
    const ends = this.running.map(async (replica) => {
      replica.kill(signal);
      await replica.ended;
    });
    await Promise.all(ends);
  }

  private async startFirstTime(): Promise<number | undefined> {
    const replica = this.options.start(this.places.length);
    const place: Place<R> = { replica, serves: false, delayMs: FIRST_DELAY_MS, timer: undefined };
    this.places.push(place);
    const port = await replica.listening;
    place.serves = port !== undefined;
    return port;
  }

  private watch(place: Place<R>, index: number): void {
    const { replica } = place;
    if (replica === undefined) return;
    const startedAt = this.options.now();
    const replace = (how: string): void => {
      place.replica = undefined;
      place.serves = false;
      if (this.stopping) return;
      if (this.options.now() - startedAt > WELL_AFTER_MS) place.delayMs = FIRST_DELAY_MS;
      this.replace(place, index, replica, how);
    };
    void replica.ended.then(replace);
  }

  private replace(place: Place<R>, index: number, lost: R, how: string): void {
    const { delayMs } = place;
    this.options.observer.lost(lost, how, delayMs);
    place.delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS);
    place.timer = setTimeout(() => {
      place.replica = this.options.start(index);
      this.watch(place, index);
      void this.giveUpIfNoneServes(place, place.replica);
    }, delayMs);
  }

  /** If no replica serves and a new one cannot start, no other could start either, so the operator must be told. */
  private async giveUpIfNoneServes(place: Place<R>, replica: R): Promise<void> {
    place.serves = (await replica.listening) !== undefined;
    if (!this.stopping && !this.places.some(({ serves }) => serves)) this.options.observer.gaveUp();
  }
}
