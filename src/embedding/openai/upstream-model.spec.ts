import { SettingsError, type OpenAiEmbeddingSettings } from '../../config/index.js';
import { openAiSettings } from './openai-settings.fake.js';
import { upstreamModel } from './upstream-model.js';

describe('upstreamModel', () => {
  it.each<[settings: Partial<OpenAiEmbeddingSettings>, expected: object]>([
    [{ model: 'text-embedding-3-small' }, { dimensions: 1536, askedDimensions: undefined, maxTokens: 8192, dollarsPerMillionTokens: 0.02 }],
    [
      { model: 'text-embedding-3-small', dimensions: 1536 },
      { dimensions: 1536, askedDimensions: undefined },
    ],
    [
      { model: 'text-embedding-3-large', dimensions: 256 },
      { dimensions: 256, askedDimensions: 256 },
    ],
    [{ model: 'text-embedding-3-large', dollarsPerMillionTokens: 0 }, { dollarsPerMillionTokens: 0 }],
    [
      { model: 'text-embedding-ada-002', dimensions: 1536 },
      { dimensions: 1536, askedDimensions: undefined },
    ],
    [{ model: 'tiny' }, { dimensions: undefined, askedDimensions: undefined, dollarsPerMillionTokens: undefined }],
    [
      { model: 'tiny', dimensions: 64 },
      { dimensions: 64, askedDimensions: undefined },
    ],
    [
      { model: 'tiny', dimensions: 64, sendDimensions: true },
      { dimensions: 64, askedDimensions: 64 },
    ],
    [
      { model: 'constructor', maxTokens: 99 },
      { dimensions: undefined, maxTokens: 99 },
    ],
  ])('describes %j as %j', (settings, expected) => {
    expect(upstreamModel(openAiSettings(settings))).toMatchObject(expected);
  });

  it.each<[settings: Partial<OpenAiEmbeddingSettings>, says: RegExp]>([
    [{ model: 'text-embedding-3-small', dimensions: 1537 }, /use 1 to 1536/],
    [{ model: 'text-embedding-ada-002', dimensions: 384 }, /use 1536/],
    [{ model: 'text-embedding-3-small', dimensions: 384, sendDimensions: false }, /use 1536/],
  ])('refuses %j', (settings, says) => {
    expect(() => upstreamModel(openAiSettings(settings))).toThrow(SettingsError);
    expect(() => upstreamModel(openAiSettings(settings))).toThrow(says);
  });
});
