import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG, idOf, smallModel, type SmallModel } from '../../../../test/support/small-model.js';
import { TextTokenizer } from './text-tokenizer.js';

const UNKNOWN = 1;
const END = { fit: 'end', prompt: '' } as const;

function idsOf(files: NonNullable<SmallModel['files']>, text: string): readonly number[] {
  const tokenizer = new TextTokenizer({ folder: smallModel({ files }), maxTokens: 64, lowerCase: false });
  return tokenizer.tokenize(text, END).flatMap(({ ids }) => [...ids].slice(1, -1));
}

/** The tokenizer.json of the small model, which makes no text lower case, with some fields replaced. */
function tokenizerJson(fields: object): object {
  const json = JSON.parse(readFileSync(join(smallModel(), 'tokenizer.json'), 'utf8')) as object;
  return { ...json, ...fields };
}

describe('The normalisation of a BERT tokenizer', () => {
  it.each([
    [{ tokenizer_class: 'BertTokenizer' }, idOf('w1')],
    [{ tokenizer_class: 'BertTokenizerFast', do_lower_case: true }, idOf('w1')],
    [{ tokenizer_class: 'MPNetTokenizer', do_lower_case: false }, UNKNOWN],
    [{ tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: true }, UNKNOWN],
    [{ do_lower_case: true }, idOf('w1')],
  ])('is that of tokenizer_config.json, as in transformers: %j', (options, id) => {
    expect(idsOf({ 'tokenizer_config.json': options }, 'W1')).toEqual([id]);
  });

  it('takes accents off as tokenizer_config.json says', () => {
    const options = { tokenizer_class: 'BertTokenizer', do_lower_case: true };
    expect(idsOf({ 'tokenizer_config.json': options }, 'ẃ1')).toEqual([idOf('w1')]);
    expect(idsOf({ 'tokenizer_config.json': { ...options, strip_accents: false } }, 'ẃ1')).toEqual([UNKNOWN]);
  });

  it('is that of tokenizer.json for a model of another kind', () => {
    const files = { 'tokenizer_config.json': { do_lower_case: true }, 'config.json': { ...CONFIG, model_type: 'modernbert' } };
    expect(idsOf(files, 'W1')).toEqual([UNKNOWN]);
  });
});

describe('tokenizer.json', () => {
  it('decides neither where texts are cut nor how far they are filled up', () => {
    const truncation = { direction: 'Right', max_length: 2, strategy: 'LongestFirst', stride: 0 };
    const padding = { strategy: { Fixed: 9 }, direction: 'Right', pad_to_multiple_of: null, pad_id: 0, pad_type_id: 0, pad_token: '[PAD]' };
    expect(idsOf({ 'tokenizer.json': tokenizerJson({ truncation, padding }) }, 'w1 w2 w3')).toEqual(['w1', 'w2', 'w3'].map(idOf));
  });

  it('keeps the spaces around a text, if its tokens have spaces', () => {
    const model = {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: { '[CLS]': 0, '[SEP]': 1, a: 2, Ġ: 3, Ġa: 4 },
      merges: [['Ġ', 'a']],
    };
    const pre_tokenizer = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
    const json = tokenizerJson({ model, pre_tokenizer, normalizer: null, added_tokens: [] });
    expect(idsOf({ 'tokenizer.json': json }, ' a ')).toEqual([4, 3]);
  });

  it.each([
    [
      { model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' } },
      /^tokenizer\.json has a model of the type WordLevel, which is not supported; supported are WordPiece, BPE, Unigram$/,
    ],
    [{ normalizer: { type: 'Nmt' } }, /^tokenizer\.json is not supported: .*Nmt/],
    [{ pre_tokenizer: { type: 'Other' } }, /^tokenizer\.json is not supported: .*Other/],
    [{ post_processor: { type: 'Other' } }, /^tokenizer\.json is not supported: .*Other/],
  ])('of an unknown kind is refused by name: %j', (fields, expected) => {
    expect(() => idsOf({ 'tokenizer.json': tokenizerJson(fields) }, 'a')).toThrow(expected);
  });
});
