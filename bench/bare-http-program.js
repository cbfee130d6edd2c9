/** A Fastify that does nothing but parse the body and return the answer that it was given for that text. */
import fastify from 'fastify';
import { answerParent } from './answer-parent.js';

answerParent(async (/** @type {{ answers: ReadonlyMap<string, string> }} */ { answers }) => {
  const server = fastify();
  server.post('/embed', (request, reply) => {
    const { text } = /** @type {{ text: string }} */ (request.body);
    void reply.header('content-type', 'application/json; charset=utf-8').send(answers.get(text));
  });
  return await server.listen({ host: '127.0.0.1', port: 0 });
});
