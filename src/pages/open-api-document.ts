import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { packageVersion } from '../config/index.js';
import { ConnectionErrorSchema, describeOpenRoutes } from './open-route.openapi.js';
import { shareParts } from './shared-parts.js';

const DESCRIPTION = `Text in, vectors out. Vectors are float32, of length one (L2), so their dot product is their cosine.

Errors have one shape, and OpenAI's under \`/v1\`, \`/embeddings\` and \`/models\`. Every answer carries \`X-Request-Id\`, and those that are rate-limited \`X-RateLimit-*\`.`;

const KEY = 'A key, where there are any; for the routes of `admin` one of the role admin, such as ADMIN_KEY.';

const TAGS = {
  embeddings: 'Vectors of texts, at once',
  jobs: 'Vectors of many texts, in the background',
  openai: "What OpenAI's clients ask for: embeddings, models, files and batches; also the fields of Voyage and Jina",
  tei: 'What clients of text-embeddings-inference ask for',
  ollama: "What Ollama's clients ask for",
  cohere: "What Cohere's clients ask for",
  admin: 'For keys of the role admin',
  operation: 'Health, metrics and statistics of the service',
};

/** Describes every route of the application. The name of a controller's method is the operationId, so clients can be generated. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, frame(), {
    operationIdFactory: (_controller, method) => operationIdOf(method),
    extraModels: [ConnectionErrorSchema],
  });
  describeOpenRoutes(document);
  return shareParts(document);
}

function frame(): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setTitle('Embedding pipeline')
    .setDescription(DESCRIPTION)
    .setVersion(packageVersion())
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'The service that gave this document')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: KEY })
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: KEY }, 'apiKey');
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  return builder.build();
}

/** Nest numbers the paths of a method that has several. The first has the plain name, the second is its alias. */
function operationIdOf(method: string): string {
  return method.replace('[0]', '').replace('[1]', 'Alias');
}
