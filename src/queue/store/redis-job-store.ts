import { faultOf, type RedisClient } from '../../redis/index.js';
import { itemsFromBytes, itemsToBytes, withDefaults } from '../chunk-items.js';
import { JOB_STATUSES, type ChunkRef, type Job, type JobError, type JobItem } from '../job.js';
import {
  UPLOAD_TTL_MS,
  type AccountShare,
  type BegunChunk,
  type ChunkResults,
  type DueMessage,
  type JobPage,
  type JobStore,
  type JobStoreOptions,
  type JobTotals,
  type MessageOrder,
  type NewJob,
  type StoredResults,
  type Submission,
  type Submitted,
} from './job-store.port.js';
import { jobFromHash, storeError, truncateNamed } from './redis-job-answers.js';
import { uploadGone } from './upload-gone.js';
import { JOB_KEYS, JOB_SCRIPTS, type JobScript } from './redis-job-scripts.js';

type Argument = string | number | Buffer;
type ScriptedRedis = RedisClient & Record<`${JobScript}Buffer` | JobScript, (...args: readonly Argument[]) => Promise<unknown>>;

const PROBE_TTL_MS = 1_000;
const EXPIRED = JSON.stringify({ code: 'expired', message: 'The job was not done within JOB_TTL.' });

/**
 * Jobs in Redis; each change is one script. For each job: `job` is a hash of its fields; `todo` sorts the chunks to do by
 * their start; `texts`, `tries` and `results` are hashes by start; `done` sorts the chunks that have results. For each
 * status: `stage` sorts jobs by the time when they were made, or when they are to be removed. For each owner: `list` sorts
 * jobs by id. For each account: `open` sorts the queued and active jobs by age, `messages` sorts the webhook messages by
 * when they are due. For all: `pending` counts texts; `share-texts` counts them by account, while it has open jobs.
 */
export class RedisJobStore implements JobStore {
  private readonly redis: ScriptedRedis;

  private readonly keys: string;

  constructor(
    redis: RedisClient,
    private readonly options: JobStoreOptions,
    keyPrefix = '',
  ) {
    for (const { name, lua } of JOB_SCRIPTS) redis.defineCommand(name, { numberOfKeys: 1, lua });
    this.redis = redis as ScriptedRedis;
    this.keys = keyPrefix + JOB_KEYS;
  }

  async create({ id, owner, account, kind }: NewJob): Promise<void> {
    const now = this.options.now();
    const fields = { id, owner, account, kind, createdAt: now, total: 0, completed: 0, failed: 0 };
    await this.run('create', id, now, UPLOAD_TTL_MS, ...Object.entries(fields).flat());
  }

  async addChunk(jobId: string, start: number, items: readonly JobItem[]): Promise<void> {
    const added = await this.run('addChunk', jobId, start, items.length, itemsToBytes(items), this.options.now(), UPLOAD_TTL_MS);
    if (added !== 1) throw uploadGone();
  }

  async submit(submission: Submission): Promise<Submitted> {
    const { jobId, total, idempotency, maxOpenJobs, share, model, space } = submission;
    const { webhookUrl, inputType, truncate, outputType, ranges } = submission;
    const [name, hash] = [idempotency?.key ?? '', idempotency?.bodyHash ?? ''];
    const bounds = [share.jobs, share.texts];
    const given = Object.entries({ model, space, webhookUrl, inputType, truncate, outputType, ranges });
    const details = given.flatMap(([field, value]) => (value === undefined ? [] : [field, value]));
    const submitted = await this.run('submit', jobId, total, maxOpenJobs, name, hash, ...bounds, ...details);
    const [outcome, id, texts] = submitted as [string, string, number];
    if (outcome === 'share-full') return { outcome, queued: { jobs: Number(id), texts } };
    if (outcome === 'mismatch' || outcome === 'full') return { outcome };
    const job = outcome === 'gone' ? undefined : await this.get(id);
    if (job === undefined) throw uploadGone();
    return { outcome: outcome === 'repeated' ? 'repeated' : 'accepted', job };
  }

  async discard(jobId: string): Promise<void> {
    await this.run('discard', jobId);
  }

  async get(jobId: string): Promise<Job | undefined> {
    return jobFromHash(await this.answer(this.redis.hgetall(this.key('job', jobId))));
  }

  async list({ owner, kind, before, limit }: JobPage): Promise<readonly Job[]> {
    const from = before === undefined ? '+' : `(${before}`;
    return await this.jobs(
      await this.answer(this.redis.zrevrangebylex(this.key('list', `${owner}:${kind}`), from, '-', 'LIMIT', 0, limit)),
    );
  }

  async openJobs(perAccount: number): Promise<readonly Job[]> {
    const jobs = await this.jobs((await this.run('openJobs', perAccount)) as string[]);
    return [...jobs].sort((left, right) => left.createdAt - right.createdAt);
  }

  async nextChunks(jobId: string, limit: number): Promise<readonly ChunkRef[]> {
    const members = await this.answer(this.redis.zrange(this.key('todo', jobId), 0, String(limit - 1)));
    return members.map((member) => {
      const [start = 0, count = 0] = member.split(':').map(Number);
      return { jobId, start, count };
    });
  }

  async begin({ jobId, start, count }: ChunkRef): Promise<BegunChunk | undefined> {
    const begun = (await this.answer(this.redis.beginBuffer(this.keys, jobId, start, count, this.options.now()))) as
      | [number, Buffer, Buffer, Buffer]
      | null;
    if (begun === null) return undefined;
    const [tries, texts, ...defaults] = begun;
    const [inputType, truncate] = defaults.map((value) => (value.length === 0 ? undefined : value.toString()));
    return { tries, items: withDefaults(itemsFromBytes(texts), { inputType, truncate: truncateNamed(truncate) }) };
  }

  async putBack({ jobId, start, count }: ChunkRef): Promise<void> {
    await this.run('putBack', jobId, start, count);
  }

  async complete({ jobId, start, count }: ChunkRef, { bytes, completed, failed }: ChunkResults): Promise<boolean> {
    const { now, ttlMs } = this.options;
    return (await this.run('complete', jobId, start, count, Buffer.from(bytes), completed, failed, now(), ttlMs)) === 1;
  }

  async split({ jobId, start, count }: ChunkRef, tries: number): Promise<void> {
    const bytes = await this.answer(this.redis.hgetBuffer(this.key('texts', jobId), String(start)));
    if (bytes === null) return;
    const items = itemsFromBytes(bytes);
    if (items.length !== count) return;
    const half = Math.ceil(count / 2);
    await this.run('split', jobId, start, count, half, itemsToBytes(items.slice(0, half)), itemsToBytes(items.slice(half)), tries);
  }

  async stop(jobId: string, status: 'failed' | 'cancelled', error?: JobError): Promise<Job | undefined> {
    const { now, ttlMs } = this.options;
    const stopped = await this.run('stop', jobId, status, now(), ttlMs, error === undefined ? '' : JSON.stringify(error));
    return stopped === 1 ? await this.get(jobId) : undefined;
  }

  async resultsAt(jobId: string, index: number): Promise<StoredResults | undefined> {
    const [start] = await this.answer(this.redis.zrevrangebyscore(this.key('done', jobId), index, '-inf', 'LIMIT', 0, 1));
    const bytes = start === undefined ? null : await this.answer(this.redis.hgetBuffer(this.key('results', jobId), start));
    return bytes === null ? undefined : { start: Number(start), bytes };
  }

  async resultsFrom(jobId: string, index: number): Promise<number | undefined> {
    const [start] = await this.answer(this.redis.zrangebyscore(this.key('done', jobId), index, '+inf', 'LIMIT', 0, 1));
    return start === undefined ? undefined : Number(start);
  }

  async totals(): Promise<JobTotals> {
    const pipeline = this.redis.pipeline();
    for (const status of JOB_STATUSES) pipeline.zcard(this.key('stage', status));
    pipeline.set(`${this.keys}probe`, '', 'PX', PROBE_TTL_MS).unlink(`${this.keys}probe`); // a store that cannot be written is down
    pipeline.get(`${this.keys}pending`).zrange(this.key('stage', 'queued'), 0, '0', 'WITHSCORES');
    const answers = ((await this.answer(pipeline.exec())) ?? []).map(([error, answer]) => {
      if (error !== null) throw storeError(error);
      return answer;
    });
    const jobs = Object.fromEntries(JOB_STATUSES.map((status, index) => [status, Number(answers[index])])) as JobTotals['jobs'];
    const oldest = (answers.at(-1) as string[])[1];
    const oldestQueuedAt = oldest === undefined ? undefined : Number(oldest);
    return { jobs, pendingTexts: Number(answers.at(-2) ?? 0), oldestQueuedAt };
  }

  async shares(): Promise<readonly AccountShare[]> {
    const values = (await this.run('shares')) as (string | number)[];
    const accounts = values.filter((_, index) => index % 3 === 0);
    return accounts.map((account, index) => ({
      account: String(account),
      jobs: Number(values[index * 3 + 1]),
      texts: Number(values[index * 3 + 2]),
    }));
  }

  async expire(limit: number): Promise<number> {
    return (await this.run('expire', this.options.now(), this.options.ttlMs, limit, EXPIRED)) as number;
  }

  async takeMessages({ leaseMs, limit, perAccount, perDestination, underway }: MessageOrder): Promise<readonly DueMessage[]> {
    const routes = underway.flatMap(({ account, destination }) => [account, destination]);
    const bounds = [leaseMs, limit, perAccount, perDestination];
    const taken = (await this.run('takeMessages', this.options.now(), ...bounds, ...routes)) as (string | number)[];
    const messages: DueMessage[] = [];
    for (let index = 0; index < taken.length; index += 2) {
      const job = await this.get(String(taken[index]));
      if (job !== undefined) messages.push({ job, tries: Number(taken[index + 1]) });
    }
    return messages;
  }

  async settleMessage(jobId: string, retryInMs: number | undefined): Promise<void> {
    await this.run('settleMessage', jobId, retryInMs === undefined ? '' : this.options.now() + retryInMs);
  }

  /** By a write: a replica answers reads, too. */
  async findFault(): Promise<string | undefined> {
    const key = `${this.keys}probe`;
    return await Promise.all([this.redis.set(key, '', 'PX', PROBE_TTL_MS), this.redis.unlink(key)]).then(
      () => undefined,
      (error: unknown) => faultOf(error),
    );
  }

  close(): Promise<void> {
    this.redis.disconnect();
    return Promise.resolve();
  }

  private key(name: string, id: string): string {
    return `${this.keys}${name}:${id}`;
  }

  private async jobs(ids: readonly string[]): Promise<readonly Job[]> {
    const jobs = await Promise.all(ids.map(async (id) => await this.get(id)));
    return jobs.filter((job) => job !== undefined);
  }

  private async run(script: JobScript, ...args: readonly Argument[]): Promise<unknown> {
    return await this.answer(this.redis[script](this.keys, ...args));
  }

  private async answer<T>(reply: Promise<T>): Promise<T> {
    try {
      return await reply;
    } catch (error) {
      throw storeError(error);
    }
  }
}
