import { temporaryFolder } from '../../../test/support/temporary-folder.js';
import { LmdbDocumentStore } from '../store/lmdb-document-store.js';
import { BatchWebhooks } from './batch-webhooks.js';

const SETTINGS = { folder: '', maxFileBytes: 1, maxTotalBytes: 1, webhookUrl: 'https://receiver.example' };

describe('BatchWebhooks', () => {
  it('delivers a new event, even behind many events that wait for another try', async () => {
    const documents = LmdbDocumentStore.open(temporaryFolder());
    const sent: unknown[] = [];
    const webhooks = { deliver: ({ event }: { event: object }) => Promise.resolve(void sent.push(event)) };
    const batches = { find: (id: string) => Promise.resolve({ id, status: 'completed', endedAt: 1 }) };
    const events = new BatchWebhooks(documents, SETTINGS, batches as never, webhooks as never);
    for (let index = 0; index < 150; index++)
      await documents.put('batch-event', `batch_${String(index).padStart(3, '0')}`, { tries: 1, dueAt: Date.now() + 3_600_000 }, 0);
    await events.announce('batch_999');
    await events.sendDue(new AbortController().signal);
    expect(sent).toMatchObject([{ data: { id: 'batch_999' } }]);
    await documents.close();
  });
});
