import { openAiRateHeaders } from './openai-rate-headers.js';

describe('openAiRateHeaders', () => {
  it('show how much of the limit is left', () => {
    expect(openAiRateHeaders('tokens', { limit: 100, remaining: 7, resetSeconds: 3 })).toEqual({
      'x-ratelimit-limit-tokens': '100',
      'x-ratelimit-remaining-tokens': '7',
      'x-ratelimit-reset-tokens': '3s',
    });
  });

  it.each([
    [0, '0s'],
    [59, '59s'],
    [60, '1m0s'],
    [366, '6m6s'],
    [3600, '1h0m0s'],
    [86_399, '23h59m59s'],
  ])('write %i seconds as %s', (resetSeconds, duration) => {
    const headers = openAiRateHeaders('requests', { limit: 1, remaining: 0, resetSeconds });
    expect(headers['x-ratelimit-reset-requests']).toBe(duration);
  });
});
