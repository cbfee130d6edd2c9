/**
 * `npm run test:clients`: real clients of OpenAI's, Ollama's, Cohere's and other APIs against this service; docs/openai.md
 * and docs/clients.md have the last table. `npm run test:clients -- ollama cohere` runs those whose names have such a word.
 */
import { clients } from './clients.js';
import { installClient } from './install-client.js';
import { faultsOf, largestDifference } from './judge.js';
import { runOwnTests, version } from './own-tests.js';
import { runClient } from './run-client.js';
import { apiKey, embedBatch, startServices } from './services.js';
import { clientTexts, textThatIsTooLong } from './texts.js';

const head = ['| client | version | on | 200 vectors | 400 | 401 | 429 |', '| --- | --- | --- | --- | --- | --- | --- |'];

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130)); // what was started has to end too

try {
  await runMatrix();
} catch (error) {
  fail(error);
}

async function runMatrix() {
  const words = process.argv.slice(2);
  const chosen = clients.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const installed = chosen.map((client) => {
    say(`Installing ${client.packages.join(' and ')}`);
    return { client, program: installClient(client) };
  });
  say('Starting the service: as it is, with a limit that is used up, and with keys');
  const { open, limited, keyed, stop } = await startServices();
  const texts = clientTexts();
  const expected = [...(await embedBatch(open.url, texts.slice(0, 100))), ...(await embedBatch(open.url, texts.slice(100)))];
  const input = { url: open.url, limitedUrl: limited.url, keyedUrl: keyed.url, apiKey, texts, textThatIsTooLong };

  const rows = [];
  for (const { client, program } of installed) rows.push(await rowOf(client, () => runClient(program, input), expected));
  const ownTests = words.length === 0 ? ownTestsOf(open.url) : undefined;
  await stop();
  console.log([...head, ...rows].join('\n'));
  if (ownTests !== undefined) console.log(`\nThe tests that openai (Python) ${version} has for embeddings and models: ${ownTests}`);
}

/** @param {string} url */
function ownTestsOf(url) {
  say("Running the tests of OpenAI's Python client");
  const { passed, summary } = runOwnTests(url);
  if (!passed) fail(new Error(summary));
  return summary;
}

/**
 * @param {import('./clients.js').Client} client
 * @param {() => Promise<import('./run-client.js').ClientReport>} run
 * @param {readonly (readonly number[])[]} expected
 */
async function rowOf({ name, packages }, run, expected) {
  const used = packages[0]?.split(/@|==/).at(-1);
  say(`Running ${name} ${used}`);
  try {
    const report = await run();
    const faults = faultsOf(report, expected);
    if (faults.length > 0) throw new Error(faults.join('; '));
    const difference = largestDifference(report.vectors, expected);
    const vectors = difference === 0 ? 'equal' : `within ${difference.toExponential(0)}`;
    const errors = ['400', '401', '429'].map((status) => report.errors[status]?.name);
    return `| ${[name, used, report.runtime, vectors, ...errors].join(' | ')} |`;
  } catch (error) {
    fail(error);
    return `| ${name} | ${used} | FAILED | | | | |`;
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
