import type { HealthIndicatorService } from '@nestjs/terminus';
import type { ByteCache } from '../cache/index.js';
import type { CacheSettings, ServerSettings } from '../config/index.js';
import { FakeEmbeddingProvider } from '../embedding/embedding-provider.fake.js';
import { modelsOf, startedModel } from '../embedding/models.fake.js';
import type { JobsService } from '../queue/index.js';
import type { RedisMetrics } from '../redis/index.js';
import { ReadinessService } from './readiness.service.js';

/** Terminus has one object for each status. */
const indicators = {
  check: () => ({ up: (message?: string) => ['up', message], down: (message?: string) => ['down', message] }),
} as unknown as HealthIndicatorService;

interface Redis {
  /** Undefined = not configured. */
  readonly cache?: boolean;
  readonly queue?: boolean;
  /** Why a role goes on without Redis. */
  readonly role?: string;
  readonly isRequired?: boolean;
}

function faultIfDown(isUp: boolean): string | undefined {
  return isUp ? undefined : 'does not answer';
}

function readiness({ cache, queue, role, isRequired = true }: Redis): ReadinessService {
  return new ReadinessService(
    indicators,
    modelsOf([startedModel(new FakeEmbeddingProvider())]),
    { findFault: () => Promise.resolve(faultIfDown(cache ?? true)) } as ByteCache,
    { findFault: () => Promise.resolve(faultIfDown(queue ?? true)) } as JobsService,
    { fault: role } as RedisMetrics,
    { redisUrl: cache === undefined ? undefined : 'redis://cache' } as CacheSettings,
    { backend: queue === undefined ? { kind: 'embedded', folder: '/data' } : { kind: 'redis', url: 'redis://queue', keyPrefix: '' } },
    { readyRequiresRedis: isRequired } as ServerSettings,
  );
}

describe('The readiness of Redis', () => {
  it.each<[string, Redis, readonly unknown[]]>([
    ['up where there is none', {}, ['up', 'not configured']],
    ['up where that of the cache answers', { cache: true }, ['up', undefined]],
    ['down where that of the cache does not', { cache: false }, ['down', 'does not answer']],
    ['down where the limits alone are refused', { cache: true, role: 'refuses commands (NOPERM)' }, ['down', 'refuses commands (NOPERM)']],
    ['up where both answer', { cache: true, queue: true }, ['up', undefined]],
    ['down where that of the jobs alone does not', { cache: true, queue: false }, ['down', 'does not answer']],
    ['down where there is one for jobs only, which does not', { queue: false }, ['down', 'does not answer']],
    [
      'up where none answers and none is required',
      { cache: false, queue: false, isRequired: false },
      ['up', 'does not answer, and is not required'],
    ],
  ])('is %s', async (_, redis, expected) => {
    expect(await readiness(redis).redis()).toEqual(expected);
  });
});
