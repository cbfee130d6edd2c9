import { FakeEmbeddingProvider } from '../../embedding/embedding-provider.fake.js';
import { HandDrivenJobs } from '../hand-driven-jobs.fake.js';
import { jobEvents } from './job-events.js';

const OWNER = 'me';
const HEARTBEAT = ': still here\n\n';

let jobs: HandDrivenJobs;
let id: string;
let reads: number;
let reader: AbortController;

beforeEach(async () => {
  jobs = new HandDrivenJobs(new FakeEmbeddingProvider(), Date.now);
  const items = Array.from({ length: 150 }, (_, index) => ({ text: `text ${index}` })); // two chunks
  ({ id } = await jobs.service.submit({ owner: OWNER, kind: 'job', items }));
  reads = 0;
  reader = new AbortController();
});

afterEach(async () => {
  await jobs.close();
});

function connect(heartbeatMs: number): AsyncGenerator<string> {
  const read = async (): ReturnType<typeof jobs.service.get> => {
    reads++;
    return await jobs.service.get(id, OWNER);
  };
  return jobEvents({ read, signal: reader.signal, lookEveryMs: 1, heartbeatMs });
}

async function next(events: AsyncGenerator<string>): Promise<string | undefined> {
  const { value } = (await events.next()) as IteratorResult<string, undefined>;
  return value;
}

describe('events of a job', () => {
  it('are comments while nothing happens, and continue after a change', async () => {
    const events = connect(5);
    expect(await next(events)).toMatch(/^retry: \d+\n\n$/);
    expect(await next(events)).toContain('event: progress\nid: queued-0\n');
    expect([await next(events), await next(events)]).toEqual([HEARTBEAT, HEARTBEAT]);
    await jobs.doChunk(id);
    expect(await next(events)).toContain('event: progress\nid: active-100\n');
  });

  it('report the state of the job at once to a reader who reconnects, and end with the job', async () => {
    const before = connect(60_000);
    await next(before);
    await next(before);
    await before.return(undefined);

    const events = connect(60_000);
    await next(events);
    expect([await next(events), reads]).toEqual([expect.stringContaining('event: progress\nid: queued-0\n'), 2]);
    await jobs.doAll(id);
    expect(await next(events)).toContain('event: completed\nid: completed-150\n');
    expect(await next(events)).toBeUndefined();
  });

  it('end for a reader who leaves, after which the job is not read again', async () => {
    const events = connect(60_000);
    await next(events);
    await next(events);
    const waiting = next(events);
    reader.abort();
    expect(await waiting).toBeUndefined();
    const readBefore = reads;
    expect([await next(events), reads]).toEqual([undefined, readBefore]);
  });
});
