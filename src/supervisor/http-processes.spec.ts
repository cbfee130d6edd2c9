import { HttpProcesses, type SupervisedProcess } from './http-processes.js';

/** A process that does what the test says. */
class FakeProcess implements SupervisedProcess {
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

describe('HttpProcesses', () => {
  let now: number;
  let started: FakeProcess[];
  let told: string[];
  let processes: HttpProcesses<FakeProcess>;

  beforeEach(() => {
    jest.useFakeTimers();
    now = 0;
    started = [];
    told = [];
    processes = new HttpProcesses({
      count: 3,
      start: (place) => {
        const process = new FakeProcess(place);
        started.push(process);
        return process;
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
    const start = processes.start();
    for (let listening = 0; listening < 3; listening++) {
      await settle();
      started[listening]?.listen(80);
    }
    return await start;
  }

  it('starts the first alone, then the others, and says the port when all listen', async () => {
    const start = processes.start();
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
    const start = processes.start();
    await settle();
    started[0]?.end('code 1');
    expect(await start).toBeUndefined();
    expect(started).toHaveLength(1);
  });

  it('ends all when another cannot start', async () => {
    const start = processes.start();
    await settle();
    started[0]?.listen(80);
    await settle();
    started[1]?.listen(80);
    started[2]?.end('code 1');
    expect(await start).toBeUndefined();
    expect(started.map(({ signals }) => signals.length > 0)).toEqual([true, true, true]);
  });

  it('has another take the place of one that ends, and leaves the rest alone', async () => {
    await startAll();
    started[1]?.end('SIGKILL');
    await settle();
    expect([started.length, processes.running.length]).toEqual([3, 2]);
    await jest.advanceTimersByTimeAsync(100);
    expect(started[3]?.place).toBe(1);
    expect(processes.running).toEqual([started[0], started[3], started[2]]);
    expect(told).toEqual(['1 SIGKILL 100']);
  });

  it('waits longer each time that one ends soon, and at most ten seconds', async () => {
    await startAll();
    for (let round = 0; round < 10; round++) {
      processes.running[1]?.end('code 1');
      await jest.advanceTimersByTimeAsync(10_000);
    }
    expect(told.map((line) => Number(line.split(' ').at(-1)))).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  });

  it('forgets how often one has ended when the last served long', async () => {
    await startAll();
    started[1]?.end('code 1');
    await jest.advanceTimersByTimeAsync(100);
    now += 61_000;
    started[3]?.end('code 1');
    await settle();
    expect(told).toEqual(['1 code 1 100', '1 code 1 100']);
  });

  it('gives up when none is left and the next cannot start', async () => {
    await startAll();
    for (const process of started) process.end('code 1');
    await jest.advanceTimersByTimeAsync(100);
    for (const process of started.slice(3)) process.end('code 1');
    await settle();
    expect(told).toContain('gave up');
  });

  it('goes on trying while another serves', async () => {
    await startAll();
    started[1]?.end('code 1');
    await jest.advanceTimersByTimeAsync(100);
    started[3]?.end('code 1');
    await jest.advanceTimersByTimeAsync(200);
    expect(started).toHaveLength(5);
    expect(told).not.toContain('gave up');
  });

  it('replaces nobody once it stops', async () => {
    await startAll();
    started[1]?.end('code 1');
    await settle();
    await processes.stop('SIGTERM');
    await jest.advanceTimersByTimeAsync(10_000);
    expect(started).toHaveLength(3);
    expect(started.map(({ signals }) => signals)).toEqual([['SIGTERM'], [], ['SIGTERM']]);
  });
});
