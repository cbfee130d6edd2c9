import type { Multipart } from '@fastify/multipart';
import { BadRequestException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ownerOf } from '../../auth/index.js';
import { ServiceError, type Fault } from '../../errors/index.js';
import { wholeNumberOf } from '../../http/index.js';
import { LONGEST_TTL_SECONDS, SHORTEST_TTL_SECONDS, USUAL_TTL_SECONDS, type FileRecord } from './file-record.js';
import type { FilesService } from './files.service.js';

const LONGEST_NAME = 255;
const UNNAMED = 'unnamed';
const MOST_FIELDS = 10;
const LONGEST_FIELD = 1024;

interface Received {
  readonly fields: Map<string, string>;
  file?: { readonly filename: string; readonly bytes: number };
}

/** Stores the content of a multipart body as its bytes arrive, and makes it a file once the rest of the body has been checked. */
export async function receiveFile(request: FastifyRequest, files: FilesService, maxFileBytes: number): Promise<FileRecord> {
  if (!request.isMultipart()) throw new UnsupportedMediaTypeException('POST /v1/files takes multipart/form-data.');
  const id = files.newId();
  try {
    const received = await receive(request, async (content) => await files.write(id, content), maxFileBytes);
    const faults = faultsOf(received);
    if (faults.length > 0 || received.file === undefined) throw ServiceError.ofFaults('invalid_request', faults);
    const { filename, bytes } = received.file;
    return await files.add({ id, owner: ownerOf(request), filename, bytes, purpose: 'batch', ttlSeconds: ttlOf(received.fields) });
  } catch (error) {
    request.raw.unpipe().resume(); // discard the rest, because the next request on this connection waits behind it
    await files.discard(id);
    throw isOfParser(error) ? malformed(error) : error;
  }
}

async function receive(
  request: FastifyRequest,
  write: (content: AsyncIterable<Uint8Array>) => Promise<number>,
  maxFileBytes: number,
): Promise<Received> {
  const limits = { fileSize: maxFileBytes, files: 1, fields: MOST_FIELDS, fieldSize: LONGEST_FIELD };
  const received: Received = { fields: new Map() };
  for await (const part of request.parts({ limits }) as AsyncIterable<Multipart>) {
    if (part.type === 'field') {
      received.fields.set(part.fieldname, String(part.value));
    } else if (part.fieldname === 'file') {
      const bytes = await write(part.file);
      if (part.file.truncated) throw new ServiceError('payload_too_large', `A file may have ${maxFileBytes} bytes (FILE_MAX_MB).`);
      const { filename = UNNAMED } = part as { readonly filename?: string }; // the type does not say that a file may have no name
      received.file = { filename: filename.slice(0, LONGEST_NAME), bytes };
    } else {
      part.file.resume(); // no field of this name exists
    }
  }
  return received;
}

/** Errors of the parser describe the body and have no code, unlike those of the disk and of Fastify. */
function isOfParser(error: unknown): error is Error {
  return error instanceof Error && error.constructor === Error && !('code' in error);
}

function malformed(cause: Error): Error {
  return new BadRequestException(`The body is not a complete multipart/form-data body (${cause.message})`, { cause });
}

function faultsOf({ fields, file }: Received): readonly Fault[] {
  const faults: Fault[] = [];
  if (file === undefined) faults.push({ field: 'file', message: 'is missing' });
  else if (file.bytes === 0) faults.push({ field: 'file', message: 'must not be empty' });
  if (fields.get('purpose') !== 'batch') faults.push({ field: 'purpose', message: 'must be batch' });
  if (!isTtl(fields)) {
    const message = `must be created_at and ${SHORTEST_TTL_SECONDS} to ${LONGEST_TTL_SECONDS} seconds`;
    faults.push({ field: 'expires_after', message });
  }
  return faults;
}

function isTtl(fields: ReadonlyMap<string, string>): boolean {
  const [anchor, seconds] = [fields.get('expires_after[anchor]'), fields.get('expires_after[seconds]')];
  if (anchor === undefined && seconds === undefined) return true;
  const ttl = wholeNumberOf(seconds);
  return anchor === 'created_at' && ttl !== undefined && ttl >= SHORTEST_TTL_SECONDS && ttl <= LONGEST_TTL_SECONDS;
}

function ttlOf(fields: ReadonlyMap<string, string>): number {
  return Number(fields.get('expires_after[seconds]') ?? USUAL_TTL_SECONDS);
}
