import { ReplicaPlaces, type PlacedReplica } from './replica-places.js';

/** A replica that does what the test says. */
class FakeReplica implements PlacedReplica {
  readonly listening: Promise<number | undefined>;
  readonly ended: Promise<string>;
  readonly signals: string[] = [];
  listen!: (port: number | undefined) => void;
  private announceEnd!: (how: string) => void;

  constructor(readonly place: number) {
    this.listening = new Promise((resolve) => (this.listen = resolve));
    this.ended = new Promise((resolve) => (this.announceEnd = resolve));
  }

  kill(signal: NodeJS.Signals): void {
    this.signals.push(signal);
    this.end(signal);
  }

  end(how: string): void {
    this.listen(undefined);
    this.announceEnd(how);
  }
}

describe('ReplicaPlaces', () => {
  let now: number;
  let started: FakeReplica[];
  let told: string[];
  let places: ReplicaPlaces<FakeReplica>;

  beforeEach(() => {
    jest.useFakeTimers();
    now = 0;
    started = [];
    told = [];
    places = new ReplicaPlaces({
      count: 3,
      start: (place) => {
        const replica = new FakeReplica(place);
        started.push(replica);
        return replica;
      },
      observer: { lost: ({ place }, how, delayMs) => told.push(`${place} ${how} ${delayMs}`), gaveUp: () => told.push('gave up') },
      now: () => now,
    });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  async function settle(): Promise<void> {
    await jest.advanceTimersByTimeAsync(0);
  }

  async function startAll(): Promise<number | undefined> {
    const start = places.start();
    for (let listening = 0; listening < 3; listening++) {
      await settle();
      started[listening]?.listen(80);
    }
    return await start;
  }

  it('starts the first alone, then the others, and resolves to the port when all listen', async () => {
    const start = places.start();
    await settle();
    expect(started).toHaveLength(1);
    started[0]?.listen(80);
    await settle();
    expect(started.map(({ place }) => place)).toEqual([0, 1, 2]);
    started[1]?.listen(80);
    started[2]?.listen(80);
    expect(await start).toBe(80);
  });

  it('starts no other when the first cannot start', async () => {
    const start = places.start();
    await settle();
    started[0]?.end('code 1');
    expect(await start).toBeUndefined();
    expect(started).toHaveLength(1);
  });

  it('ends all when another cannot start', async () => {
    const start = places.start();
    await settle();
    started[0]?.listen(80);
    await settle();
    started[1]?.listen(80);
    started[2]?.end('code 1');
    expect(await start).toBeUndefined();
    expect(started.map(({ signals }) => signals.length > 0)).toEqual([true, true, true]);
  });

  it('replaces a replica that ends, and leaves the others alone', async () => {
    await startAll();
    started[1]?.end('SIGKILL');
    await settle();
    expect([started.length, places.running.length]).toEqual([3, 2]);
    await jest.advanceTimersByTimeAsync(100);
    expect(started[3]?.place).toBe(1);
    expect(places.running).toEqual([started[0], started[3], started[2]]);
    expect(places.serving).toEqual([started[0], started[2]]);
    started[3]?.listen(80);
    await settle();
    expect(places.serving).toEqual([started[0], started[3], started[2]]);
    expect(told).toEqual(['1 SIGKILL 100']);
  });

  it('waits longer each time that a replica ends soon, but at most ten seconds', async () => {
    await startAll();
    for (let round = 0; round < 10; round++) {
      places.running[1]?.end('code 1');
      await jest.advanceTimersByTimeAsync(10_000);
    }
    expect(told.map((line) => Number(line.split(' ').at(-1)))).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  });

  it('starts with the first delay again after a replica has served long', async () => {
    await startAll();
    started[1]?.end('code 1');
    await jest.advanceTimersByTimeAsync(100);
    now += 61_000;
    started[3]?.end('code 1');
    await settle();
    expect(told).toEqual(['1 code 1 100', '1 code 1 100']);
  });

  it('gives up when no replica is left and the next cannot start', async () => {
    await startAll();
    for (const replica of started) replica.end('code 1');
    await jest.advanceTimersByTimeAsync(100);
    for (const replica of started.slice(3)) replica.end('code 1');
    await settle();
    expect(told).toContain('gave up');
  });

  it('keeps trying while another replica serves', async () => {
    await startAll();
    started[1]?.end('code 1');
    await jest.advanceTimersByTimeAsync(100);
    started[3]?.end('code 1');
    await jest.advanceTimersByTimeAsync(200);
    expect(started).toHaveLength(5);
    expect(told).not.toContain('gave up');
  });

  it('replaces no replica once it stops', async () => {
    await startAll();
    started[1]?.end('code 1');
    await settle();
    await places.stop('SIGTERM');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(started).toHaveLength(3);
    expect(started.map(({ signals }) => signals)).toEqual([['SIGTERM'], [], ['SIGTERM']]);
  });
});
