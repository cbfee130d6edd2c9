import { withoutWait } from './assets/wait-words.js';

describe('the message of a refusal beside a countdown', () => {
  it.each([
    ['More than 2 requests in 4 s (RATE_LIMIT_REQUESTS). Try again in 56 s.', 'More than 2 requests in 4 s (RATE_LIMIT_REQUESTS).'],
    ['These 9 tokens would be more than 5 in 60 s; try again in 7 s.', 'These 9 tokens would be more than 5 in 60 s.'],
    ['The queue is full (MAX_QUEUED_TEXTS=100 texts); try again later.', 'The queue is full (MAX_QUEUED_TEXTS=100 texts).'],
    ['The Redis of the queue is gone; try again.', 'The Redis of the queue is gone.'],
  ])('loses the words about the wait: %s', (message, expected) => {
    expect(withoutWait(message)).toBe(expected);
  });

  it.each(['Your key has 20 jobs; try again when some are done.', 'text must not be empty'])('keeps all other words: %s', (message) => {
    expect(withoutWait(message)).toBe(message);
  });
});
