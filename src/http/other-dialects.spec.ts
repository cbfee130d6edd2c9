import { hintOfPath, unknownField } from './other-dialects.js';

describe('a path of another server', () => {
  it.each([
    ['/v1/embeddings/', 'use POST /v1/embeddings'],
    ['/embedding', 'use POST /v1/embeddings'],
    ['/openai/deployments/my-model/embeddings?api-version=2024', 'use POST /v1/embeddings, with the model in the body'],
    ['/v1/engines/text-embedding-ada-002/embeddings', 'use POST /v1/embeddings, with the model in the body'],
    ['/v1beta/models/gemini-embedding-001:embedContent', 'use POST /v1/embeddings, with the model in the body'],
    ['/embed_all', 'use POST /embed for one text, or POST /embed/batch'],
    ['/v1/chat/completions', 'this service computes embeddings only: use POST /v1/embeddings or POST /embed'],
    ['/rerank', 'this service computes embeddings only: use POST /v1/embeddings or POST /embed'],
    ['/api/generate', 'this service computes embeddings only: use POST /v1/embeddings or POST /embed'],
  ])('%s gets the hint: %s', (path, hint) => {
    expect(hintOfPath(path)).toBe(hint);
  });

  it.each(['/', '/nothing', '/v1/nothing', '/secret?/rerank'])('%s gets none', (path) => {
    expect(hintOfPath(path)).toBeUndefined();
  });
});

describe('a field that a route does not have', () => {
  it('names the route that has it', () => {
    expect(unknownField('input')).toBe('is not a known field of this route; POST /v1/embeddings and POST /api/embed take it');
  });

  it.each(['extra', 'constructor', ''])('is to be removed if no route has it: "%s"', (name) => {
    expect(unknownField(name)).toBe('is not a known field; remove it');
  });
});
