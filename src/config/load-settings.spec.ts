import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../test/support/temporary-folder.js';
import { environmentToServe, loadSettings } from './load-settings.js';

describe('loadSettings', () => {
  it('puts another model in the place of that of the chosen provider', () => {
    const openai = {
      EMBEDDING_PROVIDER: 'openai',
      USE_OPENAI: '',
      OPENAI_API_KEY: 'k',
      EMBEDDING_MODEL: 'no model',
      OPENAI_MODEL: 'other',
    };
    expect(() => loadSettings(openai)).toThrow('EMBEDDING_MODEL=no model');
    expect(loadSettings({ ...openai, EMBEDDING_MODEL: '' }, 'asked-for').embedding).toMatchObject({
      provider: 'openai',
      model: 'asked-for',
    });
    const local = { EMBEDDING_PROVIDER: 'local', USE_OPENAI: '', EMBEDDING_MODEL: 'no model' };
    expect(loadSettings(local, 'owner/name').embedding).toMatchObject({ provider: 'local', model: 'owner/name' });
    expect(() => loadSettings(local, 'no model either')).toThrow('EMBEDDING_MODEL=no model either');
  });
});

describe('environmentToServe', () => {
  const aliases = { MODEL_ALIASES: 'usual,old=search,older=owner/other' };

  it('chooses one model of MODELS_FILE, with its fields and the aliases that mean it', () => {
    const file = join(temporaryFolder(), 'models.json');
    writeFileSync(file, JSON.stringify({ models: [{ source: 'owner/other' }, { name: 'search', source: 'owner/name', dtype: 'int8' }] }));
    const given = { MODELS_FILE: file, ...aliases };
    const environment = environmentToServe('old', given);
    expect(environment).toEqual({ MODELS_FILE: `${file}#search`, MODEL_ALIASES: 'usual,old=search' });
    expect(loadSettings({ ...given, ...environment }).models).toMatchObject([{ name: 'search', model: 'owner/name', dtype: 'int8' }]);
    expect(environmentToServe('other', { ...given, ...environment })).toMatchObject({ MODELS_FILE: '', EMBEDDING_MODEL: 'other' });
  });

  it('chooses one model of EMBEDDING_MODELS', () => {
    const given = { EMBEDDING_MODELS: 'owner/search@main,openai:tiny', OPENAI_BASE_URL: 'http://own/v1', ...aliases };
    expect(environmentToServe('search', given)).toEqual({ EMBEDDING_MODELS: 'owner/search@main', MODEL_ALIASES: 'usual,old=search' });
    expect(environmentToServe('tiny', given)).toEqual({ EMBEDDING_MODELS: 'openai:tiny', MODEL_ALIASES: 'usual' });
  });

  it('names any other model as the only one', () => {
    expect(environmentToServe('owner/name', { EMBEDDING_MODELS: 'a/b,c/d' })).toMatchObject({
      EMBEDDING_MODELS: '',
      MODELS_FILE: '',
      EMBEDDING_MODEL: 'owner/name',
    });
  });
});
