import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './support/free-port.js';
import { embed } from './support/embed.js';
import { poolingFiles, safetensors, SIZE, smallModel, TABLE } from './support/small-model.js';
import { FIRST_COMMIT, startHub } from './support/start-hub.js';
import { spawnService, startService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(60_000);

const ID = 'some-owner/some-model';

/** The output of a service that cannot start; it must be one line. */
async function faultOf(settings: Readonly<Record<string, string>>): Promise<string> {
  const service = spawnService({ EMBEDDING_MODEL: ID, EMBEDDING_DTYPE: 'q8', MODEL_CACHE_DIR: temporaryFolder(), ...settings });
  expect(await service.exitCode).toBe(1);
  expect(service.stdout()).not.toMatch(/^\s+at |Error:/m);
  expect(service.stderr()).toMatch(/^[^\n]+\n$/);
  expect(service.stderr()).toContain(`EMBEDDING_MODEL=${ID}`);
  return service.stderr();
}

describe('a hub id as EMBEDDING_MODEL', () => {
  it('is fetched once, and then used from MODEL_CACHE_DIR without the hub', async () => {
    const hub = await startHub(ID);
    const settings = { EMBEDDING_MODEL: ID, EMBEDDING_DTYPE: 'q8', HF_ENDPOINT: hub.url, MODEL_CACHE_DIR: temporaryFolder() };
    const first = await startService(settings);
    const { body } = await embed(first.url, 'Hello, world!');
    expect(first.stdout().split('Listening')[0]).toMatch(
      /Fetching some-owner\/some-model at .*Fetching onnx\/model_quantized.onnx: [\d.]+ of 2\d\.\d MiB/s,
    );
    await first.stop();
    expect(hub.asked).toContain(`${FIRST_COMMIT}/onnx/model_quantized.onnx`);
    await hub.stop();

    const [again, offline, bundled] = await Promise.all([
      startService(settings),
      startService({ ...settings, HF_HUB_OFFLINE: 'true' }),
      startService(),
    ]);
    for (const { url } of [again, offline]) expect((await embed(url, 'Hello, world!')).body).toEqual(body);
    expect(body.model).toBe(ID);
    expect(vectorBits((await embed(bundled.url, 'Hello, world!')).body.embedding)).toBe(vectorBits(body.embedding));
  });

  it('that is unknown to the hub stops the start with one line', async () => {
    const hub = await startHub('some-owner/another-model');
    expect(await faultOf({ HF_ENDPOINT: hub.url })).toContain(hub.url);
    await hub.stop();
  });

  it('names the weight formats that it has when the one that is asked for is missing', async () => {
    const hub = await startHub(ID);
    const fault = await faultOf({ HF_ENDPOINT: hub.url, EMBEDDING_DTYPE: 'fp16' });
    expect(fault).toContain('EMBEDDING_DTYPE=fp16 needs one of');
    expect(fault).toContain('EMBEDDING_DTYPE may be q8. ');
    await hub.stop();
  });

  it('stops the start with one line when the hub cannot be reached', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await faultOf({ HF_ENDPOINT: url })).toContain(url);
  });

  it('stops the start with one line when it was never fetched and HF_HUB_OFFLINE is set', async () => {
    expect(await faultOf({ HF_HUB_OFFLINE: 'true' })).toContain('HF_HUB_OFFLINE');
  });

  describe('with all files that decide its vectors', () => {
    const SECOND_COMMIT = 'c0ffee0000000000000000000000000000000002';
    const OTHER_ID = 'some-owner/small-model';

    /** A model with a Dense layer, weights in a file beside its graph, and prompts. */
    function modelWith(pooling: string): string {
      return smallModel({
        external: ['model.onnx_data'],
        files: {
          ...poolingFiles({ pooling_mode: pooling }, 'Dense', 'Normalize'),
          '2_Dense/config.json': {
            in_features: SIZE,
            out_features: 3,
            bias: false,
            activation_function: 'torch.nn.modules.activation.Tanh',
          },
          '2_Dense/model.safetensors': safetensors({ 'linear.weight': { shape: [3, SIZE], values: TABLE.slice(0, 3 * SIZE) } }),
          'sentence_bert_config.json': { max_seq_length: 16 },
          'config_sentence_transformers.json': { prompts: { query: 'w9 ' }, default_prompt_name: 'query' },
        },
      });
    }

    async function bitsOf(settings: Readonly<Record<string, string>>): Promise<string> {
      const service = await startService({ EMBEDDING_WORKERS: '1', ...settings });
      const { body } = await embed(service.url, 'w1 w2');
      await service.stop();
      return vectorBits(body.embedding);
    }

    it('gives the same vectors as its files in a folder', async () => {
      const folder = modelWith('mean');
      const hub = await startHub(OTHER_ID, folder);
      const settings = { EMBEDDING_MODEL: OTHER_ID, HF_ENDPOINT: hub.url, MODEL_CACHE_DIR: temporaryFolder() };
      expect(await bitsOf(settings)).toBe(await bitsOf({ EMBEDDING_MODEL: folder }));
      await hub.stop();
    });

    it('stays at the fetched revision unless another one is set', async () => {
      const [first, second] = [modelWith('mean'), modelWith('max')];
      const hub = await startHub(OTHER_ID, first);
      const settings = { HF_ENDPOINT: hub.url, MODEL_CACHE_DIR: temporaryFolder() };
      const before = await bitsOf({ ...settings, EMBEDDING_MODEL: OTHER_ID });
      hub.commit(SECOND_COMMIT, second);
      const asked = hub.asked.length;
      expect(await bitsOf({ ...settings, EMBEDDING_MODEL: OTHER_ID })).toBe(before);
      expect(hub.asked).toHaveLength(asked);

      const after = await bitsOf({ ...settings, EMBEDDING_MODEL: `${OTHER_ID}@${SECOND_COMMIT}` });
      expect(after).toBe(await bitsOf({ EMBEDDING_MODEL: second }));
      expect(after).not.toBe(before);
      await hub.stop();
    });

    it('fetches only missing files again, at the same revision', async () => {
      const hub = await startHub(OTHER_ID, modelWith('mean'));
      const cache = temporaryFolder();
      const settings = { EMBEDDING_MODEL: OTHER_ID, HF_ENDPOINT: hub.url, MODEL_CACHE_DIR: cache };
      const before = await bitsOf(settings);
      rmSync(join(cache, OTHER_ID, 'onnx/model.onnx_data'));
      hub.commit(SECOND_COMMIT, modelWith('max'));
      const asked = hub.asked.length;
      expect(await bitsOf(settings)).toBe(before);
      expect(hub.asked.slice(asked)).toContain(`${FIRST_COMMIT}/onnx/model.onnx_data`);
      await hub.stop();
    });
  });
});
