import { FakeClock } from '../scheduling/clock.fake.js';
import { ModelLoader } from './model-loader.js';

const KEPT_MS = 60_000;
const MOST_WAIT_MS = 5_000;

class FakeModel {
  isClosed = false;

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.resolve();
  }
}

interface Load {
  succeed(): FakeModel;
  fail(reason: string): void;
}

/** A loader whose loads end when the test says so. */
function subject() {
  const clock = new FakeClock();
  const loads: Load[] = [];
  const failures: unknown[] = [];
  const unloaded: FakeModel[] = [];
  const loader = new ModelLoader<FakeModel>({
    name: 'tiny',
    load: () =>
      new Promise((resolve, reject) => {
        const model = new FakeModel();
        loads.push({ succeed: () => (resolve(model), model), fail: (reason) => reject(new Error(reason)) });
      }),
    keepLoadedMs: KEPT_MS,
    mostWaitMs: MOST_WAIT_MS,
    clock,
    onFailure: (error) => failures.push(error),
    onUnload: (model) => unloaded.push(model),
  });
  return { clock, loads, failures, unloaded, loader };
}

/** The error with which it rejects. */
async function refusalOf(use: Promise<unknown>): Promise<unknown> {
  return await use.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const itself = async (model: FakeModel): Promise<FakeModel> => await Promise.resolve(model);

describe('ModelLoader', () => {
  it('loads once for all who wait', async () => {
    const { clock, loads, loader } = subject();
    expect(loader.state).toBe('unloaded');
    const uses = [loader.use(itself), loader.use(itself)];
    await clock.pass(0);
    expect([loads.length, loader.state]).toEqual([1, 'loading']);
    const model = loads[0]?.succeed();
    expect(await Promise.all(uses)).toEqual([model, model]);
    expect(await loader.use(itself)).toBe(model);
    expect([loads.length, loader.state]).toEqual([1, 'loaded']);
  });

  it('closes a model that was unused for a while, and loads it again for the next use', async () => {
    const { clock, loads, unloaded, loader } = subject();
    const first = loader.use(itself);
    await clock.pass(0);
    const model = loads[0]?.succeed();
    await first;
    await clock.pass(KEPT_MS - 1);
    await loader.use(itself);
    await clock.pass(KEPT_MS - 1);
    expect(loader.state).toBe('loaded');
    await clock.pass(1);
    expect([loader.state, model?.isClosed, unloaded]).toEqual(['unloaded', true, [model]]);
    void loader.use(itself);
    await clock.pass(0);
    expect([loader.state, loads.length]).toEqual(['loading', 2]);
    loads[1]?.succeed();
  });

  it('keeps a model in use, however long that takes', async () => {
    const { clock, loads, loader } = subject();
    let end: () => void = () => undefined;
    const use = loader.use(async () => await new Promise<void>((resolve) => (end = resolve)));
    await clock.pass(0);
    loads[0]?.succeed();
    await clock.pass(0);
    await loader.use(itself);
    await clock.pass(10 * KEPT_MS);
    expect(loader.state).toBe('loaded');
    end();
    await use;
    await clock.pass(KEPT_MS);
    expect(loader.state).toBe('unloaded');
  });

  it('keeps a model for ever where it is not told how long', async () => {
    const clock = new FakeClock();
    const model = new FakeModel();
    const loader = new ModelLoader({
      name: 'tiny',
      load: async () => await Promise.resolve(model),
      keepLoadedMs: undefined,
      mostWaitMs: MOST_WAIT_MS,
      clock,
      onFailure: () => undefined,
    });
    await loader.use(itself);
    await clock.pass(1000 * KEPT_MS);
    expect(loader.loaded).toBe(model);
  });

  it('refuses a caller who has waited for long, and goes on loading', async () => {
    const { clock, loads, loader } = subject();
    const refusal = refusalOf(loader.use(itself));
    await clock.pass(3_000);
    const later = loader.use(itself);
    await clock.pass(2_000);
    expect(await refusal).toMatchObject({
      code: 'unavailable',
      message: 'The model tiny is still being loaded; try again later.',
      retryAfterSeconds: 5, // ten seconds are expected for a model that was never loaded, and five are over
    });
    loads[0]?.succeed();
    await expect(later).resolves.toBeInstanceOf(FakeModel);
  });

  it('knows after the first time how long a load takes', async () => {
    const { clock, loads, loader } = subject();
    void loader.use(itself);
    await clock.pass(2_500);
    expect(loader.waitingMs).toBe(7_500);
    loads[0]?.succeed();
    await clock.pass(0);
    expect(loader.waitingMs).toBe(0);
    await clock.pass(KEPT_MS);
    expect(loader.waitingMs).toBe(2_500);
  });

  it('refuses all who wait when the load fails, and tries again after a delay that doubles', async () => {
    const { clock, loads, failures, loader } = subject();
    const refusals = [refusalOf(loader.use(itself)), refusalOf(loader.use(itself))];
    await clock.pass(0);
    loads[0]?.fail('no such file');
    for (const refusal of refusals) {
      expect(await refusal).toMatchObject({
        code: 'unavailable',
        message: 'The model tiny could not be loaded; the log of the service says why.',
        retryAfterSeconds: 1,
        cause: { message: 'no such file' },
      });
    }
    expect([loader.state, failures.length]).toEqual(['failed', 1]);

    await clock.pass(999);
    await expect(loader.use(itself)).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
    expect(loads).toHaveLength(1);

    await clock.pass(1);
    const again = refusalOf(loader.use(itself));
    await clock.pass(0);
    loads[1]?.fail('no such file');
    expect(await again).toMatchObject({ retryAfterSeconds: 2 });

    await clock.pass(2_000);
    const third = loader.use(itself);
    await clock.pass(0);
    loads[2]?.succeed();
    await third;
    expect([loader.state, failures.length]).toEqual(['loaded', 2]);
  });

  it('loads before the first use where that is asked for, and says why it cannot', async () => {
    const { clock, loads, failures, loader } = subject();
    const reason = refusalOf(loader.load());
    await clock.pass(10 * MOST_WAIT_MS);
    loads[0]?.fail('no such file');
    expect(await reason).toMatchObject({ message: 'no such file' });
    expect(failures).toEqual([]);
  });

  it('waits for the end of the old processes before it loads again', async () => {
    const clock = new FakeClock();
    const events: string[] = [];
    let closed: () => void = () => undefined;
    const model = { close: () => new Promise<void>((resolve) => (closed = resolve)) };
    const loader = new ModelLoader({
      name: 'tiny',
      load: async () => {
        events.push('load');
        return await Promise.resolve(model);
      },
      keepLoadedMs: KEPT_MS,
      mostWaitMs: MOST_WAIT_MS,
      clock,
      onFailure: () => undefined,
    });
    await loader.use(async () => await Promise.resolve());
    await clock.pass(KEPT_MS);
    const next = loader.use(async () => await Promise.resolve(events.push('used')));
    await clock.pass(0);
    expect(events).toEqual(['load']);
    closed();
    await next;
    expect(events).toEqual(['load', 'load', 'used']);
  });

  it('closes a model that is still being loaded, and refuses those who wait for it', async () => {
    const { clock, loads, loader } = subject();
    const refusal = refusalOf(loader.use(itself));
    await clock.pass(0);
    const closing = loader.close();
    expect(await refusal).toMatchObject({ code: 'shutting_down' });
    const model = loads[0]?.succeed();
    await closing;
    expect(model?.isClosed).toBe(true);
    await expect(loader.use(itself)).rejects.toMatchObject({ code: 'shutting_down' });
    expect(loads).toHaveLength(1);
  });
});
