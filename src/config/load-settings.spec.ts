import { loadSettings } from './load-settings.js';

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
