import type { ThrottlerStorage } from '@nestjs/throttler';
import { FallbackThrottlerStorage } from './fallback-throttler-storage.js';
import { MemoryThrottlerStorage } from './memory-throttler-storage.js';

class FakeSharedStorage implements ThrottlerStorage {
  isGone = false;
  isClosed = false;
  readonly keys: string[] = [];
  private readonly storage = new MemoryThrottlerStorage();

  async increment(key: string, windowMs: number, limit: number): ReturnType<ThrottlerStorage['increment']> {
    if (this.isGone) throw new Error('Redis is gone');
    this.keys.push(key);
    return await this.storage.increment(key, windowMs, limit);
  }

  close(): void {
    this.isClosed = true;
  }
}

describe('FallbackThrottlerStorage', () => {
  let shared: FakeSharedStorage;
  let local: MemoryThrottlerStorage;
  let modes: string[];
  let storage: FallbackThrottlerStorage;

  beforeEach(() => {
    shared = new FakeSharedStorage();
    local = new MemoryThrottlerStorage();
    modes = [];
    storage = new FallbackThrottlerStorage(shared, local, (isLocal) => modes.push(isLocal ? 'local' : 'shared'));
  });

  async function passes(limit = 2): Promise<boolean> {
    return !(await storage.increment('caller', 60_000, limit, 60_000, 'default')).isBlocked;
  }

  it('asks only the shared storage while it answers', async () => {
    expect([await passes(), await passes(), await passes()]).toEqual([true, true, false]);
    expect(shared.keys).toEqual(['caller', 'caller', 'caller']);
    expect(local.rememberedCallers).toBe(0);
  });

  it('limits on its own while the shared storage is gone', async () => {
    shared.isGone = true;
    expect([await passes(), await passes(), await passes()]).toEqual([true, true, false]);
  });

  it('returns to the shared storage as soon as it answers again', async () => {
    shared.isGone = true;
    await passes(1);
    shared.isGone = false;
    expect(await passes(1)).toBe(true);
  });

  it('reports for each call where it was counted', async () => {
    await passes();
    shared.isGone = true;
    await passes();
    shared.isGone = false;
    await passes();
    expect(modes).toEqual(['shared', 'local', 'shared']);
  });

  it('closes the shared storage', () => {
    storage.close();
    expect(shared.isClosed).toBe(true);
  });
});
