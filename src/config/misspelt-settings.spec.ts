import { misspeltSettings } from './misspelt-settings.js';

const SETTINGS = ['API_KEYS', 'API_HOST', 'EMBEDDING_MODEL', 'EMBEDDING_MAX_TOKENS', 'RATE_LIMIT_REQUESTS', 'REDIS_URL', 'CACHE_TTL'];

describe('misspeltSettings', () => {
  it.each([
    ['EMBEDING_MODEL', 'EMBEDDING_MODEL'],
    ['EMBEDDING_MDOEL', 'EMBEDDING_MODEL'],
    ['embedding_model', 'EMBEDDING_MODEL'],
    ['REDIS_URI', 'REDIS_URL'],
    ['API_KEY', 'API_KEYS'],
    ['API_HSOT', 'API_HOST'],
    ['EMBEDDING_MAX_TOKEN', 'EMBEDDING_MAX_TOKENS'],
    ['RATE_LIMIT_REQUEST', 'RATE_LIMIT_REQUESTS'],
  ])('names the setting that is meant by %s', (name, meant) => {
    expect(misspeltSettings([name], SETTINGS)).toEqual([
      `${name} is not a setting of this service and has no effect; did you mean ${meant}?`,
    ]);
  });

  it.each(['EMBEDDING_QUANTIZATION_LEVEL', 'CACHE_COMPRESSION'])('says only that %s is unknown, because no setting is similar', (name) => {
    expect(misspeltSettings([name], SETTINGS)).toEqual([`${name} is not a setting of this service and has no effect`]);
  });

  it.each([
    'API_KEYS',
    'PATH',
    'EMBEDDING_API_KEY',
    'EMBEDDING_URL',
    'LOG_FORMAT',
    'API_TOKEN_OF_ANOTHER_PROGRAM',
    'CACHE_SERVICE_HOST',
    'CACHE_PORT_6379_TCP_ADDR',
    'EMBEDDING_PIPELINE_PORT',
    'EMBEDDING_PIPELINE_SERVICE_PORT_HTTP',
    '_',
  ])('does not warn of %s', (name) => {
    expect(misspeltSettings([name], SETTINGS)).toEqual([]);
  });
});
