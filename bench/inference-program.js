/** Runs a model through onnxruntime-node's own API. Its parameters are the number of threads and the path of the graph. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { answerParent } from './answer-parent.js';

/** @typedef {readonly (readonly number[])[]} Group Token ids of the texts of one run. */
/** @typedef {{ measure: readonly Group[], milliseconds: number } | { embed: Group }} InferenceRequest */
/** @typedef {{ texts: number, milliseconds: number, runs: number[] }} InferenceMeasurement */

const [, , threadCount, graph = ''] = process.argv;
const threads = Number(threadCount);
const session = await InferenceSession.create(graph, {
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  // Threads that spin during a run are faster; between runs they would take the cores of others.
  extra: { session: { intra_op: { allow_spinning: threads === 1 ? '0' : '1' }, force_spinning_stop: '1' } },
});

answerParent((/** @type {InferenceRequest} */ request) =>
  'embed' in request ? embedEachAlone(request.embed) : measure(request.measure, request.milliseconds),
);

/**
 * @param {readonly Group[]} groups
 * @param {number} milliseconds
 * @returns {Promise<InferenceMeasurement>}
 */
async function measure(groups, milliseconds) {
  const prepared = groups.map((group) => ({ texts: group.length, feeds: feedsOf(group) }));
  /** @type {number[]} */
  const runs = [];
  const startedAt = performance.now();
  let texts = 0;
  let now = startedAt;
  for (let at = 0; now - startedAt < milliseconds; at = (at + 1) % prepared.length) {
    const group = prepared[at];
    if (group === undefined) break;
    await session.run(group.feeds);
    const end = performance.now();
    runs.push(end - now);
    texts += group.texts;
    now = end;
  }
  return { texts, milliseconds: now - startedAt, runs };
}

/** @param {Group} texts */
async function embedEachAlone(texts) {
  const vectors = [];
  for (const ids of texts) vectors.push(meanOfUnitLength(await session.run(feedsOf([ids])), ids.length));
  return vectors;
}

/** @param {Group} group */
function feedsOf(group) {
  const longest = Math.max(...group.map(({ length }) => length));
  const shape = [group.length, longest];
  const ids = new BigInt64Array(group.length * longest);
  const mask = new BigInt64Array(group.length * longest);
  group.forEach((text, row) => {
    text.forEach((id, column) => {
      ids[row * longest + column] = BigInt(id);
      mask[row * longest + column] = 1n;
    });
  });
  return {
    input_ids: new Tensor('int64', ids, shape),
    attention_mask: new Tensor('int64', mask, shape),
    token_type_ids: new Tensor('int64', new BigInt64Array(ids.length), shape),
  };
}

/**
 * @param {InferenceSession.ReturnType} output The output for one text.
 * @param {number} rows
 */
function meanOfUnitLength(output, rows) {
  const hidden = output['last_hidden_state'] ?? output['token_embeddings'];
  const data = /** @type {Float32Array} */ (hidden?.data);
  const size = data.length / rows;
  const sums = Array.from({ length: size }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += data[row * size + column] ?? 0;
    return sum;
  });
  const norm = Math.hypot(...sums);
  return sums.map((sum) => sum / norm);
}
