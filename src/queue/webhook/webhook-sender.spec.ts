import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { newJobId } from '../job-id.js';
import { LmdbJobStore } from '../store/lmdb-job-store.js';
import type { WebhookMessage } from './signed-webhooks.js';
import { WebhookSender } from './webhook-sender.js';

const HUNG = 'https://hung.example/hook';
const HEALTHY = 'https://healthy.example/hook';
const NOW = 1_800_000_000_000;

/** Delivers at once, except to the receiver that hangs: there only when the process stops. */
class FakeWebhooks {
  readonly canSign = true;
  readonly delivered: string[] = [];
  underway = 0;

  async deliver({ url, signal }: WebhookMessage): Promise<string | undefined> {
    this.underway++;
    if (url.startsWith(HUNG)) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    this.underway--;
    if (signal.aborted) return 'aborted';
    this.delivered.push(url);
    return undefined;
  }
}

let store: LmdbJobStore;
let webhooks: FakeWebhooks;
let stopping: AbortController;
let sender: WebhookSender;

beforeEach(() => {
  store = LmdbJobStore.open(temporaryFolder(), { now: () => NOW, ttlMs: 3_600_000 });
  webhooks = new FakeWebhooks();
  stopping = new AbortController();
  sender = new WebhookSender({ store, webhooks: webhooks, observer: { webhookSent: () => undefined } });
});

afterEach(async () => {
  stopping.abort();
  await sender.settled();
  await store.close();
});

async function endedJob(owner: string, webhookUrl: string): Promise<void> {
  const id = newJobId(NOW);
  await store.create({ id, owner, account: owner, kind: 'job' });
  await store.addChunk(id, 0, [{ text: 'a' }]);
  const share = { jobs: 1000, texts: 1000 };
  await store.submit({ jobId: id, model: 'model', space: 'space', total: 1, idempotency: undefined, maxOpenJobs: 1000, share, webhookUrl });
  await store.stop(id, 'cancelled');
}

describe('WebhookSender', () => {
  it('delivers at once to an owner while 96 receivers of another hang', async () => {
    for (let index = 0; index < 96; index++) await endedJob('one', `${HUNG}?${index}`);
    await endedJob('other', HEALTHY);
    await sender.sendDue(stopping.signal);
    await new Promise(setImmediate);
    expect(webhooks.delivered).toEqual([HEALTHY]);
  });

  it('delivers to other receivers of an owner while one hangs', async () => {
    for (let index = 0; index < 20; index++) await endedJob('one', HUNG);
    await endedJob('one', HEALTHY);
    await sender.sendDue(stopping.signal);
    await new Promise(setImmediate);
    expect([webhooks.delivered, webhooks.underway]).toEqual([[HEALTHY], 4]);
  });

  it('continues by itself until nothing is due', async () => {
    for (let index = 0; index < 40; index++) await endedJob('one', HEALTHY);
    await sender.sendDue(stopping.signal);
    for (let turn = 0; turn < 1000 && webhooks.delivered.length < 40; turn++) await new Promise(setImmediate);
    expect(webhooks.delivered).toHaveLength(40);
  });
});
