import { ApiProperty } from '@nestjs/swagger';

export class UsageRow {
  @ApiProperty({ description: 'In UTC', format: 'date', example: '2026-11-30' })
  day!: string;

  @ApiProperty({ example: 'search' })
  name!: string;

  @ApiProperty({ description: 'Refused ones too' })
  requests!: number;

  @ApiProperty({ description: 'Requests that were answered with 429' })
  refused!: number;

  @ApiProperty({ description: 'Texts that were answered with a vector; without those of jobs' })
  texts!: number;

  @ApiProperty({ description: 'Tokens of those texts' })
  tokens!: number;

  @ApiProperty({ description: 'Texts of jobs and batches that were submitted' })
  job_texts!: number;
}

export class UsageAnswer {
  @ApiProperty({ type: [UsageRow], description: 'A row for each day on which a key was used, revoked keys included' })
  data!: UsageRow[];
}
