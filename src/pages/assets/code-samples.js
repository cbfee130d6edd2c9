/**
 * What a code sample sends.
 *
 * @typedef {object} Sent
 * @property {string} origin of the service
 * @property {string} path of the native route
 * @property {object} body for the native route
 * @property {Readonly<Record<string, string>>} headers
 * @property {readonly string[]} texts
 * @property {string} model
 * @property {boolean} recompute
 * @property {boolean} withKey whether the code sends the key in API_KEY
 */

/** @type {readonly { name: string, install?: string, write: (sent: Sent) => string }[]} */
export const SAMPLES = [
  { name: 'curl', write: curlCode },
  { name: 'Node.js', write: nodeCode },
  { name: 'Python', write: pythonCode },
  { name: 'OpenAI for JavaScript', install: 'npm install openai', write: openAiJavaScript },
  { name: 'OpenAI for Python', install: 'pip install openai', write: openAiPython },
  { name: 'LangChain for JavaScript', install: 'npm install @langchain/openai @langchain/core', write: langChainJavaScript },
  { name: 'LangChain for Python', install: 'pip install langchain-openai', write: langChainPython },
];

/** OpenAI's clients want a key, also of a service that asks for none. */
const NO_KEY = 'none';

/** @param {Sent} sent */
function curlCode({ origin, path, body, headers, withKey }) {
  const lines = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`);
  if (withKey) lines.push('-H "authorization: Bearer $API_KEY"');
  lines.push(`-d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`);
  return [`curl -s ${origin}${path}`, ...lines].join(' \\\n  ');
}

/** @param {Sent} sent */
function nodeCode({ origin, path, body, headers, withKey }) {
  const key = withKey ? ', authorization: `Bearer ${process.env.API_KEY}`' : '';
  const sent = Object.entries(headers).map(([name, value]) => `'${name}': '${value}'`);
  return `const answer = await fetch('${origin}${path}', {
  method: 'POST',
  headers: { ${sent.join(', ')}${key} },
  body: JSON.stringify(${inJavaScript(body, '  ')}),
});
console.log(await answer.json());`;
}

/** @param {Sent} sent */
function pythonCode({ origin, path, body, headers, withKey }) {
  const sent = Object.entries(headers).map(([name, value]) => `"${name}": "${value}"`);
  if (withKey) sent.push('"authorization": "Bearer " + os.environ["API_KEY"]');
  return `import json, ${withKey ? 'os, ' : ''}urllib.request

request = urllib.request.Request(
    "${origin}${path}",
    data=json.dumps(${inPython(body)}).encode(),
    headers={${sent.join(', ')}},
)
print(json.load(urllib.request.urlopen(request)))`;
}

/** @param {Sent} sent */
function openAiJavaScript({ origin, texts, model, recompute, withKey }) {
  const options = recompute ? `, { headers: { 'cache-control': 'no-cache' } }` : '';
  return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: ${javaScriptKey(withKey)} });
const { data } = await client.embeddings.create({
  model: '${model}',
  input: ${inJavaScript(texts, '  ')},
}${options});
console.log(data.map(({ embedding }) => embedding));`;
}

/** @param {Sent} sent */
function openAiPython({ origin, texts, model, recompute, withKey }) {
  const options = recompute ? '\n    extra_headers={"cache-control": "no-cache"},' : '';
  return `${withKey ? 'import os\n' : ''}from openai import OpenAI

client = OpenAI(base_url="${origin}/v1", api_key=${pythonKey(withKey)})
answer = client.embeddings.create(
    model="${model}",
    input=${inPython(texts)},${options}
)
print([item.embedding for item in answer.data])`;
}

/** @param {Sent} sent */
function langChainJavaScript({ origin, texts, model, recompute, withKey }) {
  const headers = recompute ? `, defaultHeaders: { 'cache-control': 'no-cache' }` : '';
  return `import { OpenAIEmbeddings } from '@langchain/openai';

const embeddings = new OpenAIEmbeddings({
  model: '${model}',
  apiKey: ${javaScriptKey(withKey)},
  configuration: { baseURL: '${origin}/v1'${headers} },
});
console.log(await embeddings.embedDocuments(${inJavaScript(texts, '')}));`;
}

/** @param {Sent} sent */
function langChainPython({ origin, texts, model, recompute, withKey }) {
  const headers = recompute ? '\n    default_headers={"cache-control": "no-cache"},' : '';
  return `${withKey ? 'import os\n' : ''}from langchain_openai import OpenAIEmbeddings

embeddings = OpenAIEmbeddings(
    base_url="${origin}/v1",
    api_key=${pythonKey(withKey)},
    model="${model}",
    check_embedding_ctx_length=False,  # sends texts, not OpenAI's tokens${headers}
)
print(embeddings.embed_documents(${inPython(texts, '')}))`;
}

/** @param {boolean} withKey */
function javaScriptKey(withKey) {
  return withKey ? 'process.env.API_KEY' : `'${NO_KEY}'`;
}

/** @param {boolean} withKey */
function pythonKey(withKey) {
  return withKey ? 'os.environ["API_KEY"]' : `"${NO_KEY}"`;
}

/**
 * @param {object} value
 * @param {string} indent of its last line
 */
function inJavaScript(value, indent) {
  return JSON.stringify(value, undefined, 2)
    .replaceAll('\n', `\n${indent}`)
    .replace(/^(\s*)"(\w+)":/gm, '$1$2:');
}

/**
 * JSON of strings and lists is valid Python too, because the escapes are the same; JSON.stringify escapes half surrogate pairs.
 *
 * @param {object} value
 * @param {string} [indent] of its last line
 */
function inPython(value, indent = '    ') {
  return JSON.stringify(value, undefined, 4).replaceAll('\n', `\n${indent}`);
}
