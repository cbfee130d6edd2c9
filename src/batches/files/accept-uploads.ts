import multipart from '@fastify/multipart';
import { BadRequestException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

const UPLOAD_URL = '/v1/files';
const MULTIPART = /^multipart\//i;
const BOUNDARY = /;\s*boundary="?[^\s";]/i;

/** Only POST /v1/files takes multipart bodies. */
export async function acceptUploads(app: NestFastifyApplication): Promise<void> {
  await app.register(multipart);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preParsing', (request, _reply, payload, done) => {
      done(faultOf(request), payload);
    });
}

function faultOf({ headers, routeOptions }: FastifyRequest): Error | null {
  const type = headers['content-type'] ?? '';
  if (!MULTIPART.test(type)) return null;
  if (routeOptions.url !== UPLOAD_URL) return new UnsupportedMediaTypeException(`Only POST ${UPLOAD_URL} takes multipart/form-data.`);
  return BOUNDARY.test(type) ? null : new BadRequestException('Content-Type multipart/form-data needs a boundary.');
}
