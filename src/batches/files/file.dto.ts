import { ApiProperty } from '@nestjs/swagger';
import { FILE_PURPOSES, type FilePurpose, type FileRecord } from './file-record.js';
import { ListPage } from '../list.dto.js';

export class FileObject {
  @ApiProperty({ example: 'file-0199c0ffee00d1ce5eedf00dfeedbeef' })
  id!: string;

  @ApiProperty({ enum: ['file'] })
  object!: 'file';

  @ApiProperty({ example: 120_000 })
  bytes!: number;

  @ApiProperty({ description: 'Seconds since the epoch, as all times here', example: 1_795_630_000 })
  created_at!: number;

  @ApiProperty({ example: 'requests.jsonl' })
  filename!: string;

  @ApiProperty({ enum: FILE_PURPOSES })
  purpose!: FilePurpose;

  @ApiProperty({ description: 'Always this value: OpenAI keeps the field for old clients', enum: ['processed'] })
  status!: 'processed';

  @ApiProperty({ description: 'When the file is removed', example: 1_798_222_000 })
  expires_at!: number;
}

export class FileList extends ListPage {
  @ApiProperty({ type: [FileObject] })
  data!: readonly FileObject[];
}

export class FileDeleted {
  @ApiProperty()
  id!: string;

  @ApiProperty({ enum: ['file'] })
  object!: 'file';

  @ApiProperty({ enum: [true] })
  deleted!: true;
}

export function fileObject(record: FileRecord): FileObject {
  const { owner: _, ...file } = record;
  return { ...file, object: 'file', status: 'processed' };
}
