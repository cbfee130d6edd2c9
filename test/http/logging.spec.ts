import { setTimeout as delay } from 'node:timers/promises';
import { TestApp } from '../support/test-app.js';

let app: TestApp;

afterEach(async () => {
  await app.close();
});

describe('the log of requests', () => {
  it('has a line for each request: at info, and for probes and scrapes at debug', async () => {
    app = await TestApp.start();
    await app.embed('a text', { 'x-request-id': 'mine' });
    await app.get('/health/live');
    await app.get('/nothing');
    expect(app.log.requests).toEqual([
      expect.objectContaining({ level: 'info', method: 'POST', route: '/embed', requestId: 'mine', status: 200, ms: expect.any(Number) }),
      expect.objectContaining({ level: 'debug', method: 'GET', route: '/health/live', status: 200 }),
      expect.objectContaining({ level: 'info', method: 'any', route: 'unknown', status: 404 }),
    ]);
  });

  it('says of embeddings what was cached, and where the time went', async () => {
    app = await TestApp.start();
    const { tokens } = (await app.embed('a text')).body;
    await app.embed('a text');
    await app.post('/embed/batch', { texts: ['a text', 'another'] });
    await app.post('/embed', { text: '' });
    const [computed, recalled, partly, refused] = app.log.requests;
    const { model } = app.provider.space;
    expect(computed).toMatchObject({ cache: 'miss', texts: 1, tokens, model, stages: { cache: expect.any(Number) } });
    expect(recalled).toMatchObject({ cache: 'hit', texts: 1, tokens, model });
    expect(partly).toMatchObject({ cache: 'partial', texts: 2, tokens: expect.any(Number), model });
    expect(refused).toEqual({
      level: 'info',
      method: 'POST',
      route: '/embed',
      requestId: expect.any(String),
      status: 400,
      ms: expect.any(Number),
    });
  });

  it('warns of requests for embeddings that take SLOW_REQUEST_MS, with LOG_REQUESTS=false too', async () => {
    app = await TestApp.start({ SLOW_REQUEST_MS: '1', LOG_REQUESTS: 'false' });
    app.provider.hold('a slow text');
    const answer = app.embed('a slow text');
    await delay(2);
    app.provider.release('a slow text');
    await answer;
    await app.get('/v1/models');
    expect(app.log.requests).toEqual([expect.objectContaining({ level: 'warn', route: '/embed', cache: 'miss' })]);
  });

  it('has none with LOG_REQUESTS=false', async () => {
    app = await TestApp.start({ LOG_REQUESTS: 'false' });
    await app.embed('a text');
    expect(app.log.requests).toEqual([]);
  });
});
