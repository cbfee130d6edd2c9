import { FakeConnection } from '../process-link/link-channel.fake.js';
import type { ServiceTotal } from '../process-link/index.js';
import { Totals } from './totals.js';

interface Count {
  readonly counted: number;
  readonly waiting: number;
}

const TOTAL: ServiceTotal<Count> = {
  ofProcess: { name: 'of-process' },
  ofService: { name: 'of-service' },
  merge: (parts) =>
    Promise.resolve(parts.reduce((one, other) => ({ counted: one.counted + other.counted, waiting: one.waiting + other.waiting }))),
  remains: ({ counted }) => ({ counted, waiting: 0 }),
};

/** A process as the supervisor sees it, and what it knows of itself. */
class FakeCountingProcess {
  readonly connection = new FakeConnection();
  readonly link = this.connection.one;

  constructor(public count: Count) {
    this.connection.other.answer(TOTAL.ofProcess, () => this.count);
  }
}

describe('Totals', () => {
  let processes: FakeCountingProcess[];
  let totals: Totals<Count>;

  beforeEach(() => {
    processes = [new FakeCountingProcess({ counted: 1, waiting: 10 }), new FakeCountingProcess({ counted: 2, waiting: 20 })];
    totals = new Totals(TOTAL, () => processes);
  });

  function bury(gone: FakeCountingProcess | undefined): void {
    if (gone === undefined) throw new Error('nobody to bury');
    gone.link.close();
    processes = processes.filter((process) => process !== gone);
    totals.bury(gone);
  }

  it('adds up what all say, for whichever asks', async () => {
    for (const { link } of processes) totals.answerTo(link);
    const answers = processes.map(async ({ connection }) => await connection.other.ask(TOTAL.ofService, undefined, 10_000));
    expect(await Promise.all(answers)).toEqual([
      { counted: 3, waiting: 30 },
      { counted: 3, waiting: 30 },
    ]);
  });

  it('keeps what those that are gone had counted, and nothing else of them', async () => {
    await totals.collect();
    bury(processes[0]);
    bury(processes[0]);
    processes = [new FakeCountingProcess({ counted: 4, waiting: 40 })];
    expect(await totals.collect()).toEqual({ counted: 7, waiting: 40 });
  });

  it('counts a process once that goes while it is asked', async () => {
    await totals.collect();
    const collecting = totals.collect();
    bury(processes[0]);
    expect((await collecting).counted).toBe(3);
    expect((await totals.collect()).counted).toBe(3);
  });

  it('adds what the supervisor knows itself', async () => {
    totals = new Totals(
      TOTAL,
      () => processes,
      () => Promise.resolve([{ counted: 100, waiting: 0 }]),
    );
    expect((await totals.collect()).counted).toBe(103);
  });
});
