import { terminalMessage } from './terminal-message.js';

const REQUEST = { context: 'Http', method: 'POST', route: '/embed/batch', requestId: 'id', status: 200, ms: 12.5 };

describe('terminalMessage', () => {
  it('says in one line what was asked, how much was cached and where the time went', () => {
    const embeddings = { ...REQUEST, cache: 'partial', texts: 3, tokens: 21, model: 'm', stages: { queue: 0.1, inference: 8.2 } };
    expect(terminalMessage(embeddings)).toBe(
      'POST /embed/batch 200 in 12.5 ms, 3 texts, 21 tokens, partly cached, queue 0.1 + inference 8.2, id',
    );
  });

  it('says one text and one token', () => {
    const embeddings = { ...REQUEST, cache: 'hit', texts: 1, tokens: 1, stages: {} };
    expect(terminalMessage(embeddings)).toBe('POST /embed/batch 200 in 12.5 ms, 1 text, 1 token, cached, id');
  });

  it('leaves out what a request does not have', () => {
    expect(terminalMessage({ ...REQUEST, method: 'any', route: 'unknown', status: 404 })).toBe('any unknown 404 in 12.5 ms, id');
  });

  it('names the part of the service that logs', () => {
    expect(terminalMessage({ context: 'Inference', msg: 'Replacing a process' })).toBe('[Inference] Replacing a process');
    expect(terminalMessage({ msg: 'without a context' })).toBe('without a context');
  });
});
