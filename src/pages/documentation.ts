import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { packageVersion } from '../process/index.js';

const DESCRIPTION = `Text in, vectors out. Vectors are float32, of length one (L2), so their dot product is their cosine.

Errors have one shape, and OpenAI's under \`/v1\`, \`/embeddings\` and \`/models\`. Every answer carries \`X-Request-Id\`, and those that are rate-limited \`X-RateLimit-*\`.`;

const KEY = 'A key of API_KEYS, where any are set; for the routes of `admin` one of the role admin, such as ADMIN_KEY.';

/** /docs for people, /docs-json for programs. */
export function serveDocumentation(app: NestFastifyApplication): void {
  const config = new DocumentBuilder()
    .setTitle('Embedding pipeline')
    .setDescription(DESCRIPTION)
    .setVersion(packageVersion())
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: KEY })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: KEY }, 'apiKey')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'Embedding pipeline',
  });
}
