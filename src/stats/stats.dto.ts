import { ApiProperty } from '@nestjs/swagger';

class CacheStats {
  @ApiProperty({ description: 'Stored vectors; with Redis, the keys of its database' })
  entries!: number;

  @ApiProperty({ description: 'Texts answered from the cache since the start' })
  hits!: number;

  @ApiProperty({ description: 'Texts that were not' })
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

  @ApiProperty({ description: 'Texts that wait for their second try' })
  delayed!: number;
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

  @ApiProperty({ description: 'Of the process that has run longest' })
  uptime_seconds!: number;
}
