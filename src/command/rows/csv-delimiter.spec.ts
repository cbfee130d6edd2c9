import csvDelimiters from '../../../test/fixtures/csv-delimiters.json' with { type: 'json' };
import { likelyDelimiter } from './csv-delimiter.js';

describe('likelyDelimiter', () => {
  it.each(csvDelimiters)('recognises the delimiter of $what', ({ content, delimiter }) => {
    expect(likelyDelimiter(content)).toBe(delimiter);
  });
});
