import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { KEY_ROLES, type KeyRole } from '../config/index.js';
import { MODEL_STATES, type ModelState } from '../embedding/index.js';

class CacheUseStats {
  @ApiProperty({ description: 'Texts answered from the cache since the start' })
  hits!: number;

  @ApiProperty({ description: 'Texts not answered from the cache since the start' })
  misses!: number;

  @ApiProperty({ description: 'hits / (hits + misses), 0 to 1' })
  hit_rate!: number;
}

class CacheStats extends CacheUseStats {
  @ApiProperty({ description: 'Stored vectors; with Redis, the keys of its database' })
  entries!: number;

  @ApiProperty({ description: 'Bytes of vectors in memory' })
  memory_bytes!: number;
}

class QueueStats {
  @ApiProperty({ description: 'Texts that wait to be computed: of requests, and of all jobs in the queue' })
  waiting!: number;

  @ApiProperty({ description: 'Texts being computed' })
  active!: number;

  @ApiProperty({ description: 'Texts computed since the start' })
  completed!: number;

  @ApiProperty({ description: 'Texts that could not be computed, since the start' })
  failed!: number;

  @ApiProperty({ description: 'Texts that wait for their second attempt' })
  delayed!: number;
}

class Enqueued {
  @ApiProperty({ description: 'Jobs, those of batches included' })
  jobs!: number;

  @ApiProperty({ description: 'Texts of these jobs that are not computed yet' })
  texts!: number;
}

export class DayStats {
  @ApiProperty({ description: 'In UTC', format: 'date', example: '2026-11-30' })
  day!: string;

  @ApiProperty()
  requests!: number;

  @ApiProperty()
  refused!: number;

  @ApiProperty()
  texts!: number;

  @ApiProperty()
  tokens!: number;

  @ApiProperty()
  job_texts!: number;
}

export class KeyStats {
  @ApiProperty({ description: 'The name of the key, or ADMIN_KEY', example: 'search' })
  name!: string;

  @ApiProperty({ enum: KEY_ROLES })
  role!: KeyRole;

  @ApiProperty({ description: 'Requests with the key, including refused ones. Probes, scrapes and pages need no key and are not counted' })
  requests!: number;

  @ApiProperty({ description: 'Requests that were answered with 429' })
  refused!: number;

  @ApiProperty({ description: 'Texts answered with a vector, computed or cached. Texts of jobs are not counted' })
  texts!: number;

  @ApiProperty({ description: 'Tokens of these texts, as in `tokens` and `usage` of the answers' })
  tokens!: number;

  @ApiProperty({ description: 'Submitted texts of jobs and batches' })
  job_texts!: number;

  @ApiProperty({ type: Enqueued, description: 'What the key has queued or active now' })
  enqueued!: Enqueued;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null = not used since the start' })
  last_used_at!: string | null;

  @ApiProperty({
    type: [DayStats],
    nullable: true,
    description:
      'Its use on each of the last seven days, if it was used; kept over restarts, summed over instances. null: cannot be read at the moment',
  })
  days!: DayStats[] | null;
}

class ServedModelStats {
  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  model!: string;

  @ApiProperty({ example: 384 })
  embedding_dim!: number;

  @ApiProperty({ example: 'local' })
  provider!: string;

  @ApiProperty({ description: 'Fingerprint of everything that decides a vector', example: '3f0c51e2a9b47d68' })
  space!: string;
}

export class ModelStats extends ServedModelStats {
  @ApiProperty({ description: 'Whether the model is in memory', enum: MODEL_STATES, example: 'loaded' })
  state!: ModelState;

  @ApiProperty()
  cache!: CacheUseStats;

  @ApiProperty({ description: 'Without the texts of jobs that no process works on yet' })
  queue!: QueueStats;
}

/** The model is the default; the counts are those of all models. */
export class StatsResponse extends ServedModelStats {
  @ApiProperty()
  cache!: CacheStats;

  @ApiProperty()
  queue!: QueueStats;

  @ApiProperty({ description: 'The figures of each model, the default first', type: [ModelStats] })
  models!: ModelStats[];

  @ApiProperty({
    description: 'With WEB_CONCURRENCY, the process that has run longest. The counts above are sums over the running processes',
  })
  uptime_seconds!: number;

  @ApiPropertyOptional({ description: 'Use of each key since the start; only for the role admin', type: [KeyStats] })
  keys?: KeyStats[];
}
