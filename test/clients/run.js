/**
 * `npm run test:clients`: real clients of OpenAI's, Ollama's, Cohere's and other APIs against this service, and tests that
 * clients bring along; docs/openai.md and docs/clients.md have the last table. `npm run test:clients -- ollama cohere` runs
 * those whose names have such a word.
 */
import { clients } from './clients.js';
import { generatedPythonClient } from './generated-python-client.js';
import { installClient, MissingTool } from './install-client.js';
import { faultsOf, largestDifference } from './judge.js';
import { langchainTests } from './langchain-tests.js';
import { ownTests } from './own-tests.js';
import { runClient } from './run-client.js';
import { apiKey, embedBatch, startServices } from './services.js';
import { clientTexts, textThatIsTooLong } from './texts.js';

const head = ['| client | version | on | 200 vectors | 400 | 401 | 429 |', '| --- | --- | --- | --- | --- | --- | --- |'];
const checks = [...ownTests, langchainTests, generatedPythonClient];

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)); // what was started has to end too

try {
  await runMatrix();
} catch (error) {
  fail(error);
}

async function runMatrix() {
  const words = process.argv.slice(2);
  /** @param {{ readonly name: string }} named */
  const isChosen = ({ name }) => words.length === 0 || words.some((word) => name.includes(word));
  say('Starting the service: as it is, with a limit that is used up, and with keys');
  const { open, limited, keyed, stop } = await startServices();
  const texts = clientTexts();
  const expected = [...(await embedBatch(open.url, texts.slice(0, 100))), ...(await embedBatch(open.url, texts.slice(100)))];
  const input = { url: open.url, limitedUrl: limited.url, keyedUrl: keyed.url, apiKey, texts, textThatIsTooLong };

  const rows = [];
  for (const client of clients.filter(isChosen)) rows.push(await rowOf(client, input, expected));
  const results = [];
  for (const check of checks.filter(isChosen)) results.push(await resultOf(check, open.url));
  await stop();
  console.log([...head, ...rows, '', ...results].join('\n'));
}

/**
 * @param {import('./clients.js').Client} client
 * @param {object} input
 * @param {readonly (readonly number[])[]} expected
 */
async function rowOf(client, input, expected) {
  const { name } = client;
  const version = client.packages[0]?.split(/@v?|==/).at(-1);
  say(`${name} ${version}`);
  try {
    const report = await runClient(installClient(client), input);
    const faults = faultsOf(report, expected);
    if (faults.length > 0) throw new Error(faults.join('; '));
    const difference = largestDifference(report.vectors, expected);
    const vectors = difference === 0 ? 'equal' : `within ${difference.toExponential(0)}`;
    const errors = ['400', '401', '429'].map((status) => report.errors[status]?.name);
    return `| ${[name, version, report.runtime, vectors, ...errors].join(' | ')} |`;
  } catch (error) {
    if (error instanceof MissingTool) return `| ${name} | ${version} | not run: ${error.message} | | | | |`;
    fail(error);
    return `| ${name} | ${version} | FAILED | | | | |`;
  }
}

/**
 * @param {{ readonly name: string, readonly run: (url: string) => Promise<string> }} check
 * @param {string} url
 */
async function resultOf({ name, run }, url) {
  say(name);
  try {
    return `${name}: ${await run(url)}`;
  } catch (error) {
    fail(error);
    return `${name}: FAILED`;
  }
}

/** @param {unknown} error */
function fail(error) {
  process.exitCode = 1;
  say(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}
