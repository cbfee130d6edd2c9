import { countText, readText } from './count-text.js';

describe('countText', () => {
  it("counts tokens as OpenAI's embedding models do", () => {
    expect(countText('Hello, world!', { maxTokens: 100 }, 'end')).toEqual({
      text: 'Hello, world!',
      tokens: 4,
      inputTokens: 4,
      ownTokens: 4,
    });
  });

  it('reads a special token in a text as plain text', () => {
    expect(countText('<|endoftext|>', { maxTokens: 100 }, 'end').tokens).toBe(7);
  });

  it('cuts off the end of a text that is too long, or its start', () => {
    const text = 'one two three four five six';
    expect(countText(text, { maxTokens: 3 }, 'end')).toEqual({ text: 'one two three', tokens: 3, inputTokens: 6, ownTokens: 3 });
    expect(countText(text, { maxTokens: 3 }, 'start')).toEqual({ text: ' four five six', tokens: 3, inputTokens: 6, ownTokens: 3 });
  });

  it.each(['end', 'start'] as const)('removes a character that the cut at the %s divides', (cutOff) => {
    const whole = '🦤🦤🦤'; // of three tokens each
    for (let maxTokens = 1; maxTokens < 9; maxTokens++) {
      const { text } = countText(whole, { maxTokens }, cutOff);
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain('\ufffd');
      expect(whole.includes(text)).toBe(true);
    }
  });

  it('keeps a U+FFFD that was in the text', () => {
    expect(countText('a \ufffd b c', { maxTokens: 100 }, 'end').text).toBe('a \ufffd b c');
  });
});

describe('readText', () => {
  const words = Array.from({ length: 30 }, (_, index) => ` w${index % 10}`)
    .join('')
    .trim(); // two tokens each

  it('makes windows of a text that is too long, each with its prompt', () => {
    const windows = readText(words, { maxTokens: 24 }, { fit: 'windows', prompt: 'find: ' });
    const own = windows.map(({ text }) => text.replace(/^find: /, ''));
    expect(windows.every(({ text }) => text.startsWith('find: '))).toBe(true);
    expect(own[0]).toBe(words.slice(0, own[0]?.length));
    expect(words.endsWith(own.at(-1) ?? '?')).toBe(true);
    for (const { text, tokens, inputTokens } of windows) {
      expect(countText(text, { maxTokens: 1000 }, 'end').tokens).toBeLessThanOrEqual(24);
      expect(tokens).toBe(inputTokens);
    }
  });

  it('loses no character and divides none, whatever the windows are', () => {
    const text = 'a🦤ü漢🦤🦤 b'.repeat(5);
    for (let maxTokens = 1; maxTokens < 40; maxTokens++) {
      const windows = readText(text, { maxTokens }, { fit: 'windows', prompt: '' });
      let covered = 0;
      for (const window of windows) {
        const at = text.lastIndexOf(window.text, covered);
        expect(window.text).not.toContain('\ufffd');
        expect(at).toBeGreaterThanOrEqual(0);
        covered = Math.max(covered, at + window.text.length);
      }
      expect(covered).toBe(text.length);
    }
  });

  it('makes one window of a text that fits', () => {
    expect(readText('Hello, world!', { maxTokens: 4 }, { fit: 'windows', prompt: '' })).toEqual([
      { text: 'Hello, world!', tokens: 4, inputTokens: 4, ownTokens: 4 },
    ]);
  });
});
