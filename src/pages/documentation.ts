import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { describeApi } from './open-api-document.js';

/** /docs for people, with a link to the front page and its theme; /docs-json for programs. */
export function serveDocumentation(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'Embedding pipeline',
    customfavIcon: '/assets/icon.svg',
    customJs: ['/assets/theme.js', '/assets/docs.js'],
    customCssUrl: '/assets/docs.css',
    swaggerOptions: { layout: 'BaseLayout' }, // without Swagger's own header, whose theme button forgets the choice
  });
}
