/** A Fastify that only parses the body and returns the prepared answer for its text. */
import fastify from 'fastify';
import { answerParent } from './answer-parent.js';

/** @typedef {ReadonlyMap<string, string>} Answers To each text. */

answerParent(async (/** @type {{ native: Answers, openAi: Answers }} */ { native, openAi }) => {
  const server = fastify();
  server.post('/embed', (request, reply) => {
    const { text } = /** @type {{ text: string }} */ (request.body);
    void reply.header('content-type', 'application/json; charset=utf-8').send(native.get(text));
  });
  server.post('/v1/embeddings', (request, reply) => {
    const { input } = /** @type {{ input: [string] }} */ (request.body);
    void reply.header('content-type', 'application/json; charset=utf-8').send(openAi.get(input[0]));
  });
  return await server.listen({ host: '127.0.0.1', port: 0 });
});
