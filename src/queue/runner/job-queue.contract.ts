import { eventually } from '../../../test/support/eventually.js';
import type { ChunkRef } from '../job.js';
import { chunkName, TryLater, type JobQueue } from './job-queue.port.js';

/** The tests that every JobQueue must pass; `open` gives an empty one. */
export function describeJobQueue(name: string, open: () => Promise<JobQueue>): void {
  describe(`${name}, like every job queue`, () => {
    let queue: JobQueue;

    beforeEach(async () => {
      queue = await open();
    });

    afterEach(async () => {
      await queue.close();
    });

    it('has every chunk handled once, in their order, also chunks that were offered before it works', async () => {
      const handled: string[] = [];
      await queue.offer([chunk(0), chunk(1)], 'me');
      queue.work(1, async (ref) => void (await Promise.resolve(handled.push(chunkName(ref)))));
      await queue.offer([chunk(2)], 'me');
      await eventually('three chunks', () => handled.length === 3);
      expect(handled).toEqual([0, 1, 2].map((start) => chunkName(chunk(start))));
    });

    it('adds no chunk that is already in the queue, waiting or being handled', async () => {
      const gate = new Gate();
      let calls = 0;
      await queue.offer([chunk(0), chunk(1)], 'me');
      await queue.offer([chunk(0), chunk(1)], 'me');
      expect((await queue.counts()).waiting).toBe(2);
      queue.work(2, async () => {
        calls++;
        await gate.opened;
      });
      await eventually('two chunks underway', () => calls === 2);
      await queue.offer([chunk(0)], 'me');
      expect(await queue.counts()).toEqual({ waiting: 0, active: 2, delayed: 0 });
      gate.open();
      await eventually('an empty line', async () => (await queue.counts()).active === 0);
      expect(calls).toBe(2);
    });

    it('takes turns between accounts, even if one of them has many chunks', async () => {
      const handled: string[] = [];
      const chunks = (jobId: string, count: number): readonly ChunkRef[] =>
        Array.from({ length: count }, (_, index) => ({ jobId, start: index, count: 1 }));
      await queue.offer(chunks('many', 40), 'many');
      await queue.offer(chunks('few', 10), 'few');
      await queue.offer(chunks('some', 3), 'some');
      queue.work(1, async ({ jobId }) => void (await Promise.resolve(handled.push(jobId))));
      await eventually('every chunk', () => handled.length === 53);
      const position = (jobId: string): number => handled.lastIndexOf(jobId) + 1;
      expect([position('some'), position('few'), position('many')]).toEqual([9, 23, 53]);
    });

    it('gives a new account the next turn while another account is being worked on, and gives no waiting account two turns', async () => {
      const handled: string[] = [];
      const gate = new Gate();
      const many = Array.from({ length: 20 }, (_, start) => ({ jobId: 'many', start, count: 1 }));
      await queue.offer(many, 'many');
      queue.work(1, async ({ jobId, start }) => {
        handled.push(jobId);
        if (start === 10 && jobId === 'many') await gate.opened;
      });
      await eventually('half of the chunks', () => handled.length === 11);
      await queue.offer(many, 'many');
      await queue.offer(
        many.slice(0, 5).map(({ start, count }) => ({ jobId: 'new', start, count })),
        'new',
      );
      gate.open();
      await eventually('every chunk', () => handled.filter((jobId) => jobId === 'new').length === 5);
      expect(handled.lastIndexOf('new')).toBeLessThanOrEqual(11 + 2 * 5);
    });

    it('never handles more chunks at a time than the given number', async () => {
      const gate = new Gate();
      let most = 0;
      let now = 0;
      queue.work(2, async () => {
        most = Math.max(most, ++now);
        await gate.opened;
        now--;
      });
      await queue.offer([chunk(0), chunk(1), chunk(2), chunk(3)], 'me');
      await eventually('two chunks underway', () => now === 2);
      gate.open();
      await eventually('an empty line', async () => {
        const { waiting, active } = await queue.counts();
        return waiting === 0 && active === 0;
      });
      expect(most).toBe(2);
    });

    it('knows which spaces were announced', async () => {
      expect(await queue.isServed('one')).toBe(false);
      await queue.announce(['one', 'two']);
      expect(await Promise.all(['one', 'two', 'three'].map(async (space) => await queue.isServed(space)))).toEqual([true, true, false]);
    });

    it('handles a chunk again after TryLater', async () => {
      let calls = 0;
      queue.work(1, async () => {
        if (++calls === 1) throw new TryLater(20, new Error('not now'));
        await Promise.resolve();
      });
      await queue.offer([chunk(0)], 'me');
      await eventually('a second try', () => calls === 2);
      await eventually('an empty line', async () => (await queue.counts()).active === 0);
    });

    it('closes when the running chunks have ended', async () => {
      const gate = new Gate();
      let ended = false;
      let begun = false;
      queue.work(1, async () => {
        begun = true;
        await gate.opened;
        ended = true;
      });
      await queue.offer([chunk(0)], 'me');
      await eventually('a chunk underway', () => begun);
      const closed = queue.close().then(() => ended);
      gate.open();
      expect(await closed).toBe(true);
    });
  });
}

function chunk(start: number): ChunkRef {
  return { jobId: `job_${'0'.repeat(32)}`, start, count: 1 };
}

class Gate {
  private resolve: (() => void) | undefined;
  readonly opened = new Promise<void>((resolve) => (this.resolve = resolve));

  open(): void {
    this.resolve?.();
  }
}
