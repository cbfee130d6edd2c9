/**
 * Runs ONNX files in a process of its own, because ONNX Runtime does not run inside Jest. Each line of stdin is a JSON list of
 * files and their input x. The program answers with a line: the numbers and the shape of the output y of each.
 */
import { createInterface } from 'node:readline';
import { InferenceSession, Tensor } from 'onnxruntime-node';

for await (const line of createInterface(process.stdin)) {
  const runs = /** @type {readonly import('./run-graphs.js').GraphRun[]} */ (JSON.parse(line));
  const results = [];
  for (const run of runs) results.push(await output(run));
  process.stdout.write(`${JSON.stringify(results)}\n`);
}

/** @param {import('./run-graphs.js').GraphRun} run */
async function output({ file, shape, numbers }) {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(numbers), shape) });
  if (y === undefined) throw new Error('no output y');
  const result = { shape: y.dims, numbers: [.../** @type {Float32Array} */ (y.data)] };
  await session.release();
  return result;
}
