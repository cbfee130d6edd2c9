import { freePort } from './support/free-port.js';
import { embed } from './support/embed.js';
import { startHub } from './support/start-hub.js';
import { spawnService, startService } from './support/start-service.js';
import { temporaryFolder } from './support/temporary-folder.js';
import { vectorBits } from './support/vector-bits.js';

jest.setTimeout(60_000);

const ID = 'some-owner/some-model';

/** What a service says that cannot start; it must be one line. */
async function faultOf(settings: Readonly<Record<string, string>>): Promise<string> {
  const service = spawnService({ EMBEDDING_MODEL: ID, EMBEDDING_DTYPE: 'q8', MODEL_CACHE_DIR: temporaryFolder(), ...settings });
  expect(await service.exitCode).toBe(1);
  expect(service.stdout()).not.toMatch(/^\s+at |Error:/m);
  expect(service.stderr()).toMatch(/^[^\n]+\n$/);
  expect(service.stderr()).toContain(`EMBEDDING_MODEL=${ID}`);
  return service.stderr();
}

describe('a hub id as EMBEDDING_MODEL', () => {
  it('is fetched once, and then found in MODEL_CACHE_DIR with the hub gone', async () => {
    const hub = await startHub(ID);
    const settings = { EMBEDDING_MODEL: ID, EMBEDDING_DTYPE: 'q8', HF_ENDPOINT: hub.url, MODEL_CACHE_DIR: temporaryFolder() };
    const first = await startService(settings);
    const { body } = await embed(first.url, 'Hello, world!');
    await first.stop();
    expect(hub.asked).toContain('onnx/model_quantized.onnx');
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

  it('that the hub does not know stops the start with one line', async () => {
    const hub = await startHub('some-owner/another-model');
    expect(await faultOf({ HF_ENDPOINT: hub.url })).toContain(hub.url);
    await hub.stop();
  });

  it('stops the start with one line when the hub cannot be reached', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    expect(await faultOf({ HF_ENDPOINT: url })).toContain(url);
  });

  it('stops the start with one line when it is not there and HF_HUB_OFFLINE is set', async () => {
    expect(await faultOf({ HF_HUB_OFFLINE: 'true' })).toContain('HF_HUB_OFFLINE');
  });
});
