import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { FakeEmbeddingProvider } from '../../embedding/embedding-provider.fake.js';
import { modelsOf, startedModel } from '../../embedding/models.fake.js';
import { newJobId } from '../job-id.js';
import type { Job } from '../job.js';
import { LmdbJobStore } from '../store/lmdb-job-store.js';
import { EmbeddedJobQueue } from './embedded-job-queue.js';
import { JobFeeder } from './job-feeder.js';

const models = modelsOf(['kept', 'also-kept'].map((model) => startedModel(new FakeEmbeddingProvider({ model }))));

let store: LmdbJobStore;

beforeEach(() => {
  store = LmdbJobStore.open(temporaryFolder(), { now: Date.now, ttlMs: 60_000 });
});

afterEach(async () => {
  await store.close();
});

async function jobFor(model: string): Promise<string> {
  const id = newJobId(Date.now());
  await store.create({ id, owner: '', account: '', kind: 'job' });
  await store.addChunk(id, 0, [{ text: 'a' }]);
  const { fingerprint: space } = new FakeEmbeddingProvider({ model }).space;
  await store.submit({ jobId: id, model, space, total: 1, idempotency: undefined, maxOpenJobs: 9, share: { jobs: 9, texts: 9 } });
  return id;
}

async function fedJobs(names: readonly string[], isAlone: boolean): Promise<readonly (Job | undefined)[]> {
  const ids = await Promise.all(names.map(jobFor));
  await new JobFeeder({ store, queue: new EmbeddedJobQueue(), models, isAlone }).feedAll();
  return await Promise.all(ids.map(async (id) => await store.get(id)));
}

describe('JobFeeder', () => {
  it('fails a job whose model is no longer configured, and names the model', async () => {
    const [kept, alsoKept, gone] = await fedJobs(['kept', 'also-kept', 'gone'], true);
    expect([kept?.status, alsoKept?.status, gone?.status]).toEqual(['queued', 'queued', 'failed']);
    expect(gone?.error).toEqual({ code: 'conflict_space', message: expect.stringContaining('no longer has the model gone') });
  });

  it('leaves such a job to other processes, which may have its model', async () => {
    expect((await fedJobs(['gone'], false))[0]?.status).toBe('queued');
  });

  it('says why a job waits, if no process has announced its model and another process might have it', async () => {
    const job = await store.get(await jobFor('gone'));
    if (job === undefined) throw new Error('the job was submitted');
    const queue = new EmbeddedJobQueue();
    const why = async (isAlone: boolean) => await new JobFeeder({ store, queue, models, isAlone }).whyWaiting(job);
    expect([await why(true), await why(false)]).toEqual([undefined, expect.stringMatching(/^No worker has the model gone /)]);
    await queue.announce([job.space]);
    expect(await why(false)).toBeUndefined();
  });
});
