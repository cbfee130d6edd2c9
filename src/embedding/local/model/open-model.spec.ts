import { poolingFiles, smallModel, type SmallModel } from '../../../../test/support/small-model.js';
import { temporaryFolder } from '../../../../test/support/temporary-folder.js';
import { SettingsError, type LocalEmbeddingSettings } from '../../../config/index.js';
import { parse } from '../../../config/machine.fake.js';
import { openModel } from './open-model.js';

const MEAN = poolingFiles({ pooling_mode_mean_tokens: true });

/** The second model of a file, with these fields. */
function ofFile(fields: object): LocalEmbeddingSettings {
  const models = [{ source: 'all-MiniLM-L6-v2' }, { source: 'owner/name', ...fields }];
  return local(parse({ MODELS_FILE: './a.json' }, { './a.json': JSON.stringify({ models }) }).models[1]);
}

function ofVariables(environment: Parameters<typeof parse>[0]): LocalEmbeddingSettings {
  return local(parse(environment).embedding);
}

function local(settings: { readonly provider: string } | undefined): LocalEmbeddingSettings {
  if (settings?.provider !== 'local') throw new Error('the model is of this machine');
  return settings as LocalEmbeddingSettings;
}

async function faultsOf(settings: LocalEmbeddingSettings, small?: SmallModel): Promise<readonly string[]> {
  const model = small === undefined ? settings.model : smallModel(small);
  try {
    await openModel({ ...settings, model, modelCacheDir: temporaryFolder(), offline: true }, () => undefined);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.faults.map((fault) => fault.replaceAll(model, 'MODEL'));
  }
}

describe('the faults of a model', () => {
  it('name the fields of MODELS_FILE, for a model that is described there', async () => {
    expect(await faultsOf(ofFile({ dimensions: 9 }), { files: MEAN })).toEqual([
      'MODELS_FILE=./a.json: models[1].dimensions=9 is not allowed: use 8, what small-model has, or leave it unset',
    ]);
    expect(await faultsOf(ofFile({}), {})).toEqual([
      expect.stringMatching(/^MODELS_FILE=\.\/a\.json: models\[1\]\.source=MODEL: .* set models\[1\]\.pooling to what its page says/),
    ]);
    expect(await faultsOf(ofFile({}))).toEqual([expect.stringMatching(/^MODELS_FILE=\.\/a\.json: models\[1\]\.source=MODEL is not in /)]);
  });

  it('name EMBEDDING_MODELS, for a model that is listed there', async () => {
    const settings = ofVariables({ EMBEDDING_MODELS: 'owner/name' });
    expect(await faultsOf(settings)).toEqual([expect.stringMatching(/^EMBEDDING_MODELS=MODEL is not in /)]);
    expect(await faultsOf({ ...settings, dtype: 'q4' }, { files: MEAN })).toEqual([
      expect.stringMatching(/^EMBEDDING_MODELS=MODEL: onnx\/model_q4\.onnx is missing, which EMBEDDING_DTYPE=q4 needs/),
    ]);
  });

  it('name the variables of a service with one model', async () => {
    expect(await faultsOf(ofVariables({ EMBEDDING_MODEL: 'owner/name' }))).toEqual([
      expect.stringMatching(/^EMBEDDING_MODEL=MODEL is not in /),
    ]);
    expect(await faultsOf(ofVariables({ EMBEDDING_MODEL: 'owner/name', EMBEDDING_DIM: '9' }), { files: MEAN })).toEqual([
      'EMBEDDING_DIM=9 is not allowed: use 8, what small-model has, or leave it unset',
    ]);
  });
});
