import { countText } from './count-text.js';

describe('countText', () => {
  it("counts tokens as OpenAI's embedding models do", () => {
    expect(countText('Hello, world!', { maxTokens: 100 }, 'end')).toEqual({ text: 'Hello, world!', tokens: 4, inputTokens: 4 });
  });

  it('reads a special token in a text as plain text', () => {
    expect(countText('<|endoftext|>', { maxTokens: 100 }, 'end').tokens).toBe(7);
  });

  it('cuts off the end of a text that is too long, or its start', () => {
    const text = 'one two three four five six';
    expect(countText(text, { maxTokens: 3 }, 'end')).toEqual({ text: 'one two three', tokens: 3, inputTokens: 6 });
    expect(countText(text, { maxTokens: 3 }, 'start')).toEqual({ text: ' four five six', tokens: 3, inputTokens: 6 });
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
