import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { KEY_ROLES, type KeyRole } from '../config/index.js';

class CacheStats {
  @ApiProperty({ description: 'Stored vectors; with Redis, the keys of its database' })
  entries!: number;

  @ApiProperty({ description: 'Texts answered from the cache since the start' })
  hits!: number;

  @ApiProperty({ description: 'Texts not answered from the cache since the start' })
  misses!: number;

  @ApiProperty({ description: 'hits / (hits + misses), 0 to 1' })
  hit_rate!: number;

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

  @ApiProperty({ description: 'Texts of these jobs that are still to do' })
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

  @ApiProperty({ description: 'Requests with the key, refused ones too; without probes, scrapes and pages, which need no key' })
  requests!: number;

  @ApiProperty({ description: 'Requests that were answered with 429' })
  refused!: number;

  @ApiProperty({ description: 'Texts that were answered with a vector, computed or cached; without those of jobs' })
  texts!: number;

  @ApiProperty({ description: 'Tokens of those texts, as `tokens` and `usage` of the answers say' })
  tokens!: number;

  @ApiProperty({ description: 'Texts of jobs and batches that were submitted' })
  job_texts!: number;

  @ApiProperty({ type: Enqueued, description: 'What the key has queued or active now' })
  enqueued!: Enqueued;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: not since the start' })
  last_used_at!: string | null;

  @ApiProperty({
    type: [DayStats],
    nullable: true,
    description:
      'Its use on each of the last seven days, if it was used; kept over restarts, summed over instances. null: cannot be read at the moment',
  })
  days!: DayStats[] | null;
}

export class StatsResponse {
  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  model!: string;

  @ApiProperty({ example: 384 })
  embedding_dim!: number;

  @ApiProperty({ example: 'local' })
  provider!: string;

  @ApiProperty({ description: 'Fingerprint of everything that decides a vector', example: '3f0c51e2a9b47d68' })
  space!: string;

  @ApiProperty()
  cache!: CacheStats;

  @ApiProperty()
  queue!: QueueStats;

  @ApiProperty({
    description:
      'Of the process that has run longest, where several serve (WEB_CONCURRENCY); the counts above are their sums, without those of a process that has ended',
  })
  uptime_seconds!: number;

  @ApiPropertyOptional({ description: 'What each key has used since the start; only for the role admin', type: [KeyStats] })
  keys?: KeyStats[];
}
