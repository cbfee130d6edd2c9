/** `npm run test:clients`: real clients of OpenAI's API against this service; docs/openai.md has the last table. */
import { availableParallelism } from 'node:os';
import { clients } from './clients.js';
import { installClient } from './install-client.js';
import { faultsOf, largestDifference } from './judge.js';
import { runOwnTests, version } from './own-tests.js';
import { runClient } from './run-client.js';
import { apiKey, embedBatch, startServices } from './services.js';
import { clientTexts, textThatIsTooLong } from './texts.js';

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

const installed = clients.map((client) => {
  say(`Installing ${client.packages.join(' and ')}`);
  return installClient(client);
});
say(`Starting three services on ${availableParallelism()} cores`);
const services = await startServices();
const texts = clientTexts();
const expected = [
  ...(await embedBatch(services.open.url, texts.slice(0, 100))),
  ...(await embedBatch(services.open.url, texts.slice(100))),
];
const input = { url: services.open.url, limitedUrl: services.limited.url, keyedUrl: services.keyed.url, apiKey, texts, textThatIsTooLong };

const rows = ['| client | version | on | 200 vectors | 400 | 401 | 429 |', '| --- | --- | --- | --- | --- | --- | --- |'];
for (const [index, { name, packages }] of clients.entries()) {
  say(`Running ${name}, ${packages[0]}`);
  rows.push(await rowOf(index, name, packages[0] ?? ''));
}
say("Running the tests of OpenAI's Python client");
const ownTests = runOwnTests(services.open.url);
if (!ownTests.passed) process.exitCode = 1;
await services.stop();
console.log(rows.join('\n'));
console.log(`\nThe tests that openai (Python) ${version} has for embeddings and models: ${ownTests.summary}`);

/**
 * @param {number} index
 * @param {string} name
 * @param {string} newest
 */
async function rowOf(index, name, newest) {
  const program = installed[index];
  if (program === undefined) throw new Error(`${name} is not installed`);
  const used = newest.split(/@|==/).at(-1);
  try {
    const report = await runClient(program, input);
    const faults = faultsOf(report, expected);
    if (faults.length > 0) throw new Error(faults.join('; '));
    const difference = largestDifference(report.vectors, expected);
    const vectors = difference === 0 ? 'equal' : `within ${difference.toExponential(0)}`;
    const errors = ['400', '401', '429'].map((status) => report.errors[status]?.name);
    return `| ${[name, used, report.runtime, vectors, ...errors].join(' | ')} |`;
  } catch (error) {
    process.exitCode = 1;
    say(`FAILED: ${name} ${used}: ${error instanceof Error ? error.message : String(error)}`);
    return `| ${name} | ${used} | FAILED | | | | |`;
  }
}
