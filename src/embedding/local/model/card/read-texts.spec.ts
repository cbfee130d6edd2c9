import { cardOf, faultsOf } from '../../../../../test/support/describe-small-model.js';
import { CONFIG, poolingFiles } from '../../../../../test/support/small-model.js';

const MEAN = poolingFiles({ pooling_mode_mean_tokens: true });
const TEXT_ONLY = { text: { method: 'forward', method_output_name: 'last_hidden_state' } };

describe('sentence_bert_config.json', () => {
  it('may be as sentence-transformers writes it today', async () => {
    const transformer = {
      transformer_task: 'feature-extraction',
      modality_config: TEXT_ONLY,
      module_output_name: 'token_embeddings',
      query_length: null,
      unpad_inputs: false,
      model_args: { attn_implementation: 'eager' },
      tokenizer_args: {},
    };
    const card = await cardOf({ files: { ...MEAN, 'sentence_bert_config.json': transformer } });
    expect(card).toMatchObject({ maxTokens: 64, lowerCase: false });
  });

  it('may have options for the tokenizer', async () => {
    const transformer = { max_seq_length: 32, processor_kwargs: { model_max_length: 16, padding_side: 'left' } };
    expect(await cardOf({ files: { ...MEAN, 'sentence_bert_config.json': transformer } })).toMatchObject({
      maxTokens: 16,
      padding: { side: 'left' },
    });
  });

  it.each([
    [
      { transformer_task: 'fill-mask' },
      /^sentence_bert_config\.json has transformer_task "fill-mask", which is not supported; supported is /,
    ],
    [{ module_output_name: 'sentence_embedding' }, /has module_output_name "sentence_embedding", .* supported is token_embeddings$/],
    [{ modality_config: { ...TEXT_ONLY, message: TEXT_ONLY.text } }, /has modality_config .*, which is not supported; supported is /],
    [{ modality_config: { text: { method: 'get_text_features', method_output_name: 'x' } } }, /has modality_config /],
    [{ processing_kwargs: { text: { add_special_tokens: false } } }, /has processing_kwargs .* supported is none$/],
    [{ query_length: 32 }, /has query_length 32, which is not supported; supported is none$/],
    [{ config_args: { num_hidden_layers: 2 } }, /has config_args \{"num_hidden_layers":2\}, which is not supported/],
    [{ tokenizer_args: { add_prefix_space: true } }, /has tokenizer_args \{"add_prefix_space":true\}, which is not supported/],
    [{ tokenizer_name_or_path: 'other' }, /has tokenizer_name_or_path "other", which is not supported; supported is none$/],
    [{ something: 1 }, /^sentence_bert_config\.json has something, which is not supported; supported are max_seq_length, /],
  ])('is refused if it asks for what is not supported: %j', async (transformer, expected) => {
    const faults = await faultsOf({ files: { ...MEAN, 'sentence_bert_config.json': transformer } });
    expect(faults).toEqual([expect.stringMatching(expected)]);
  });
});

describe('config_sentence_transformers.json', () => {
  it.each([[{}], [{ prompts: {} }], [{ prompts: null, default_prompt_name: null }], [{ prompts: { query: null } }]])(
    'may have no prompts: %j',
    async (file) => {
      const card = await cardOf({ files: { ...MEAN, 'config_sentence_transformers.json': file } });
      expect(card.prompts).toEqual({});
      expect(card.defaultPrompt).toBeUndefined();
    },
  );

  it.each([
    [{ model_type: 'SparseEncoder' }, /has model_type "SparseEncoder", which is not supported; supported is SentenceTransformer$/],
    [{ prompts: ['a'] }, /must have texts as its prompts$/],
    [{ prompts: { query: 1 } }, /must have texts as its prompts$/],
  ])('is refused if it asks for what is not supported: %j', async (file, expected) => {
    const faults = await faultsOf({ files: { ...MEAN, 'config_sentence_transformers.json': file } });
    expect(faults).toEqual([expect.stringMatching(expected)]);
  });
});

describe('the length of texts', () => {
  it.each([
    [{ model_type: 'roberta', pad_token_id: 0 }, 65],
    [{ model_type: 'xlm-roberta', pad_token_id: 1 }, 64],
    [{ model_type: 'mpnet', pad_token_id: 3 }, 64],
  ])('follows from the positions that are not the padding’s: %j', async (config, tokens) => {
    const files = {
      ...MEAN,
      'config.json': { ...CONFIG, ...config, max_position_embeddings: 66 },
      'tokenizer_config.json': {},
    };
    expect((await cardOf({ files })).maxTokens).toBe(tokens);
  });

  it('is asked for if no file says it', async () => {
    const files = { ...MEAN, 'config.json': { hidden_size: CONFIG.hidden_size }, 'tokenizer_config.json': { model_max_length: 1e30 } };
    expect(await faultsOf({ files })).toEqual([
      'no file of the model says how many tokens it takes: set EMBEDDING_MAX_TOKENS to what its page says',
    ]);
    expect((await cardOf({ files }, { maxTokens: 32 })).maxTokens).toBe(32);
  });

  it('is not cut at the start unasked', async () => {
    const files = { ...MEAN, 'tokenizer_config.json': { model_max_length: 64, truncation_side: 'left' } };
    expect(await faultsOf({ files })).toEqual([
      'tokenizer_config.json has truncation_side left, which is not supported; supported is right',
    ]);
  });
});
