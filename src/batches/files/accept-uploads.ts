import multipart from '@fastify/multipart';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const UPLOAD_URL = '/v1/files';
const MULTIPART = /^multipart\//i;

/** POST /v1/files takes multipart bodies, other routes take none. */
export async function acceptUploads(app: NestFastifyApplication): Promise<void> {
  await app.register(multipart);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('preParsing', (request, _reply, payload, done) => {
      const isMisplaced = MULTIPART.test(request.headers['content-type'] ?? '') && request.routeOptions.url !== UPLOAD_URL;
      if (isMisplaced) done(new UnsupportedMediaTypeException(`Only POST ${UPLOAD_URL} takes multipart/form-data.`));
      else done(null, payload);
    });
}
