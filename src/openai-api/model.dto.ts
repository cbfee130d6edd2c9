import { ApiProperty } from '@nestjs/swagger';

export class ModelObject {
  @ApiProperty({ example: 'all-MiniLM-L6-v2' })
  id!: string;

  @ApiProperty({ enum: ['model'] })
  object!: 'model';

  @ApiProperty({ description: 'When this process started, in seconds since 1970' })
  created!: number;

  @ApiProperty({ description: 'What computes it', example: 'local' })
  owned_by!: string;

  @ApiProperty({ description: "The model's own name, if `id` is an alias", example: 'all-MiniLM-L6-v2' })
  root!: string;

  @ApiProperty({ description: 'Numbers in a vector', example: 384 })
  dimensions!: number;

  @ApiProperty({ description: 'Tokens that the model reads of a text, special tokens included', example: 256 })
  max_tokens!: number;

  @ApiProperty({ description: 'Fingerprint of everything that decides a vector', example: '3f0c51e2a9b47d68' })
  space!: string;
}

export class ModelList {
  @ApiProperty({ enum: ['list'] })
  object!: 'list';

  @ApiProperty({ type: [ModelObject] })
  data!: readonly ModelObject[];
}
