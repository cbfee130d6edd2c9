import { ApiProperty } from '@nestjs/swagger';

/** The fields of every list of OpenAI's, beside its data. */
export class ListPage {
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  @ApiProperty({ type: String, nullable: true })
  first_id!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'For `after`' })
  last_id!: string | null;

  @ApiProperty()
  has_more!: boolean;
}
