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
      { level: 'info', method: 'POST', route: '/embed', requestId: 'mine', status: 200, ms: expect.any(Number) },
      expect.objectContaining({ level: 'debug', method: 'GET', route: '/health/live', status: 200 }),
      expect.objectContaining({ level: 'info', method: 'any', route: 'unknown', status: 404 }),
    ]);
  });

  it('has none with LOG_REQUESTS=false', async () => {
    app = await TestApp.start({ LOG_REQUESTS: 'false' });
    await app.embed('a text');
    expect(app.log.requests).toEqual([]);
  });
});
