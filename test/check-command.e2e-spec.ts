import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embed } from './support/embed.js';
import { plainEnvironment } from './support/plain-environment.js';
import { poolingFiles, smallModel } from './support/small-model.js';
import { spawnService, startService } from './support/start-service.js';
import { StartedProcess } from './support/started-process.js';
import { temporaryFolder } from './support/temporary-folder.js';

jest.setTimeout(60_000);

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const REFERENCE = fileURLToPath(new URL('fixtures/all-MiniLM-L6-v2.jsonl', import.meta.url));

type Settings = Readonly<Record<string, string>>;

async function check(settings: Settings, ...parameters: readonly string[]): Promise<{ exitCode: number; said: string; refused: string }> {
  const node = process.env['E2E_NODE'] ?? process.execPath;
  const env = plainEnvironment({ EMBEDDING_WORKERS: '1', ...settings });
  const command = new StartedProcess(node, [CLI, 'check', ...parameters], { cwd: temporaryFolder(), env });
  const exitCode = await command.exitCode;
  return { exitCode, said: command.stdout(), refused: command.stderr() };
}

/** A file with the vectors of some texts, as this model gives them. */
async function vectorsOf(model: string, texts: readonly string[]): Promise<string> {
  const service = await startService({ EMBEDDING_MODEL: model, EMBEDDING_WORKERS: '1' });
  const lines: string[] = [];
  for (const text of texts) lines.push(JSON.stringify({ text, embedding: (await embed(service.url, text)).body.embedding }));
  await service.stop();
  const path = join(temporaryFolder(), 'vectors.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

describe('embedding-pipeline check', () => {
  it('ends quietly when the reader of its output has seen enough', async () => {
    const node = process.env['E2E_NODE'] ?? process.execPath;
    const line = `set -o pipefail; "${node}" "${CLI}" check | head -n 1`;
    const shell = new StartedProcess('bash', ['-c', line], { cwd: temporaryFolder(), env: plainEnvironment({ EMBEDDING_WORKERS: '1' }) });

    expect([await shell.exitCode, shell.stdout(), shell.stderr()]).toEqual([0, expect.stringMatching(/^Model +all-MiniLM-L6-v2\n$/), '']);
  });

  it('shows the bundled model and how it is run', async () => {
    const { exitCode, said } = await check({});
    expect(said).toMatch(/^Model +all-MiniLM-L6-v2\nWeights +q8, onnx\/model_quantized\.onnx\nFiles +1_Pooling\/config\.json, /);
    expect(said).toMatch(/^Pooling +mean, normalize \(from modules\.json\)$/m);
    expect(said).toMatch(/^Max tokens +256 \(from sentence_bert_config\.json\)$/m);
    expect(said).toMatch(/^Prompts +none$/m);
    expect(said).toMatch(/^Space +[\da-f]{16}$/m);
    expect(said).toMatch(/^Runs +yes/m);
    expect(exitCode).toBe(0);
  });

  it('compares with the vectors of a file', async () => {
    const { exitCode, said } = await check({ EMBEDDING_CHECK: REFERENCE, EMBEDDING_CHECK_COSINE: '0.98' });
    expect(said).toMatch(/^Runs +yes; 30 vectors compared: least cosine 0\.99\d+, mean 0\.99\d+$/m);
    expect(exitCode).toBe(0);
  });

  it('refuses a model that gives other vectors', async () => {
    const path = await vectorsOf(smallModel({ files: poolingFiles({ pooling_mode: 'mean' }) }), ['w1 w2', 'w3 w4 w5']);
    const model = smallModel({ files: poolingFiles({ pooling_mode: 'max' }) });
    const { exitCode, refused } = await check({ EMBEDDING_MODEL: model }, path);
    expect(refused).toMatch(/^EMBEDDING_CHECK=\S+: the vector of line [12] has the cosine 0\.\d+ to the one in the file, /);
    expect(exitCode).toBe(1);
  });

  it('names every fault of a model, one in a line', async () => {
    const model = smallModel({ inputs: ['attention_mask', 'task_id'], files: poolingFiles({ pooling_mode: 'attention' }) });
    const { exitCode, refused } = await check({ EMBEDDING_MODEL: model });
    expect(refused.trimEnd().split('\n')).toEqual([
      `EMBEDDING_MODEL=${model}: 1_Pooling/config.json asks for attention, which is not supported; supported are cls, mean, max, mean_sqrt_len, weightedmean, lasttoken`,
      `EMBEDDING_MODEL=${model}: onnx/model.onnx asks for task_id, which a text does not give; supported are input_ids, attention_mask, token_type_ids, position_ids, past_key_values`,
    ]);
    expect(exitCode).toBe(1);
  });

  it('takes a folder with any file of a model for one, and names what is missing or not supported', async () => {
    const modules = [{ idx: 0, name: '0', path: '', type: 'sentence_transformers.models.StaticEmbedding' }];
    const model = smallModel({ files: { 'modules.json': modules, 'config.json': undefined, 'tokenizer_config.json': undefined } });
    const { exitCode, refused } = await check({ EMBEDDING_MODEL: model, EMBEDDING_MAX_TOKENS: '64' });
    expect(refused.trimEnd().split('\n')).toEqual([
      `EMBEDDING_MODEL=${model}: config.json is missing`,
      `EMBEDDING_MODEL=${model}: tokenizer_config.json is missing`,
      `EMBEDDING_MODEL=${model}: modules.json asks for sentence_transformers.models.StaticEmbedding, which is not supported; supported are Transformer, Pooling, Dense, LayerNorm, Normalize, Dropout`,
    ]);
    expect(exitCode).toBe(1);
  });

  it('says in one line what ONNX Runtime or the tokenizer cannot run', async () => {
    const files = poolingFiles({ pooling_mode: 'mean' });
    const graph = smallModel({ files, weightType: 'bfloat16', inputs: ['position_ids'] });
    const ofGraph = await check({ EMBEDDING_MODEL: graph });
    expect(ofGraph.refused).toMatch(
      /^EMBEDDING_MODEL=\S+ cannot be loaded: ONNX Runtime cannot run model\.onnx: Could not find an implementation for Add\(\d+\)[^\n]*; export the model as float32\n$/,
    );
    const json = JSON.parse(readFileSync(join(graph, 'tokenizer.json'), 'utf8')) as object;
    const tokenizer = smallModel({ files: { ...files, 'tokenizer.json': { ...json, model: { type: 'WordLevel', vocab: { a: 0 } } } } });
    const ofTokenizer = await check({ EMBEDDING_MODEL: tokenizer });
    expect(ofTokenizer.refused).toMatch(
      /^EMBEDDING_MODEL=\S+ cannot be loaded: tokenizer\.json has a model of the type WordLevel, which is not supported; [^\n]+\n$/,
    );
    expect([ofGraph.exitCode, ofTokenizer.exitCode]).toEqual([1, 1]);
  });

  it('ends with 1 and one line if the file cannot be compared with', async () => {
    const { exitCode, refused } = await check({}, join(temporaryFolder(), 'nothing.jsonl'));
    expect(refused).toMatch(/^[^\n]+nothing\.jsonl cannot be read: ENOENT[^\n]*\n$/);
    expect(exitCode).toBe(1);
  });
});

describe('a large tokenizer', () => {
  it('is opened once, and the start says so', async () => {
    const json = JSON.parse(readFileSync(join(smallModel(), 'tokenizer.json'), 'utf8')) as object;
    const files = { ...poolingFiles({ pooling_mode: 'mean' }), 'tokenizer.json': { ...json, filler: 'x'.repeat(9 * 2 ** 20) } };
    const service = await startService({ EMBEDDING_MODEL: smallModel({ files }), EMBEDDING_WORKERS: '2' });
    for (const text of ['w1', 'w2 w3']) expect((await embed(service.url, text)).status).toBe(200);
    await service.stop(); // the log is complete after it
    expect(service.stdout().match(/Opening a tokenizer of 9 MiB, which takes some seconds/g)).toHaveLength(1);
  });
});

describe('EMBEDDING_CHECK', () => {
  it('starts the service if its vectors equal those of the file, and says so', async () => {
    const service = await startService({ EMBEDDING_CHECK: REFERENCE, EMBEDDING_CHECK_COSINE: '0.98', EMBEDDING_WORKERS: '1' });
    await service.stop(); // the log is complete after it
    expect(service.stdout()).toMatch(/EMBEDDING_CHECK: 30 vectors compared: least cosine 0\.99/);
  });

  it('refuses the start with one line if the vectors differ too much', async () => {
    const service = spawnService({ EMBEDDING_CHECK: REFERENCE, EMBEDDING_WORKERS: '1' }); // vectors of int8 weights do not reach 0.999
    expect(await service.exitCode).toBe(1);
    expect(service.stderr()).toMatch(/^EMBEDDING_CHECK=[^\n]+ has the cosine 0\.99\d+ [^\n]+EMBEDDING_CHECK_COSINE is 0\.999[^\n]+\n$/);
  });

  it('compares each model of MODELS_FILE with its own file, and names the field of the one that differs', async () => {
    const own = { source: 'all-MiniLM-L6-v2', check: REFERENCE, check_cosine: 0.98 };
    const file = join(temporaryFolder(), 'models.json');
    const settings = { MODELS_FILE: file, EMBEDDING_WORKERS: '1' };
    writeFileSync(file, JSON.stringify({ models: [own, { name: 'prompted', ...own, prompts: { query: 'query: ' } }] }));
    const { exitCode, said } = await check(settings);
    expect(said.match(/^Runs +yes; (?:all-MiniLM-L6-v2|prompted): 30 vectors compared/gm)).toHaveLength(2);
    expect(exitCode).toBe(0);

    writeFileSync(file, JSON.stringify({ models: [own, { name: 'other', ...own, pooling: 'cls' }] }));
    const service = spawnService(settings);
    expect(await service.exitCode).toBe(1);
    expect(service.stderr()).toMatch(
      /^The model other: MODELS_FILE=\S+: models\[1\]\.check=\S+: the vector of line \d+ has the cosine [^\n]+ models\[1\]\.check_cosine is 0\.98: [^\n]+\n$/,
    );
  });
});
