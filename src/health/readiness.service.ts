import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { BYTE_CACHE, type ByteCache } from '../cache/index.js';
import {
  CACHE_SETTINGS,
  QUEUE_SETTINGS,
  SERVER_SETTINGS,
  type CacheSettings,
  type QueueSettings,
  type ServerSettings,
} from '../config/index.js';
import { Models, StageTimes } from '../embedding/index.js';
import { JobsService } from '../queue/index.js';
import { RedisMetrics } from '../redis/index.js';
import { withDeadline } from '../time/index.js';

const PROBE_TIMEOUT_MS = 5_000;
const PROBE_TEXT = 'Is anybody there?';

/** Answers the health indicators of readiness. */
@Injectable()
export class ReadinessService implements OnModuleDestroy {
  private stopping = false;
  private probe: Promise<boolean> | undefined;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly models: Models,
    @Inject(BYTE_CACHE) private readonly cache: ByteCache,
    private readonly jobs: JobsService,
    private readonly roles: RedisMetrics,
    @Inject(CACHE_SETTINGS) private readonly settings: CacheSettings,
    @Inject(QUEUE_SETTINGS) private readonly queue: Pick<QueueSettings, 'backend'>,
    @Inject(SERVER_SETTINGS) private readonly server: ServerSettings,
  ) {}

  stop(): void {
    this.stopping = true;
  }

  /** Nest calls this first when it stops. */
  onModuleDestroy(): void {
    this.stop();
  }

  /** Whether every indicator is up. */
  async isReady(): Promise<boolean> {
    const { lifecycle } = this.lifecycle();
    const [{ inference }, { redis }] = await Promise.all([this.inference(), this.redis()]);
    return [lifecycle, inference, redis].every(({ status }) => status === 'up');
  }

  lifecycle(): HealthIndicatorResult<'lifecycle'> {
    const indicator = this.indicators.check('lifecycle');
    return this.stopping ? indicator.down('stopping') : indicator.up();
  }

  /** The default model must work. The others are only told: without one, the service still answers for the rest. */
  async inference(): Promise<HealthIndicatorResult<'inference'>> {
    const indicator = this.indicators.check('inference');
    const works = this.models.default.provider.isProven() || (await this.probeOnce());
    const models = Object.fromEntries(this.models.all.map(({ name, provider }) => [name, provider.state()]));
    return works ? indicator.up({ models }) : indicator.down({ message: 'no vector could be computed', models });
  }

  /** Probes the Redis of the cache and that of the jobs, which may be one, and reports roles that go on without it. */
  async redis(): Promise<HealthIndicatorResult<'redis'>> {
    const indicator = this.indicators.check('redis');
    const asked = [
      ...(this.settings.redisUrl === undefined ? [] : [this.cache.findFault()]),
      ...(this.queue.backend.kind === 'redis' ? [this.jobs.findFault()] : []),
    ];
    if (asked.length === 0) return indicator.up('not configured');
    const faults = [...(await Promise.all(asked)), this.roles.fault];
    const fault = faults.find((found) => found !== undefined);
    if (fault === undefined) return indicator.up();
    return this.server.readyRequiresRedis ? indicator.down(fault) : indicator.up(`${fault}, and is not required`);
  }

  /** Runs one probe at a time, which all callers share. */
  private async probeOnce(): Promise<boolean> {
    this.probe ??= this.computeOne().finally(() => (this.probe = undefined));
    return await this.probe;
  }

  private async computeOne(): Promise<boolean> {
    const { signal } = new AbortController();
    return await withDeadline({ signal, timeoutMs: PROBE_TIMEOUT_MS }, async (ending) => await this.computeUntil(ending)).catch(
      () => false,
    );
  }

  private async computeUntil(signal: AbortSignal): Promise<boolean> {
    const expired = new Promise<boolean>((resolve) => signal.addEventListener('abort', () => resolve(false)));
    const [embedding] = this.models.default.provider.embed([PROBE_TEXT], {
      signal,
      priority: 'interactive',
      cacheUse: 'skip-store',
      stages: new StageTimes(),
    });
    const computed = Promise.resolve(embedding).then(
      () => true,
      () => false,
    );
    return await Promise.race([computed, expired]);
  }
}
