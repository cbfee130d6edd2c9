/**
 * Runs ONNX files in a process of its own, because ONNX Runtime does not run inside Jest. Reads a JSON list of files and
 * their input x from stdin, and prints the numbers and the shape of the output y of each.
 */
import { text } from 'node:stream/consumers';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const results = [];
const runs = /** @type {readonly import('./run-graphs.js').GraphRun[]} */ (JSON.parse(await text(process.stdin)));
for (const { file, shape, numbers } of runs) {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  const { y } = await session.run({ x: new Tensor('float32', Float32Array.from(numbers), shape) });
  if (y === undefined) throw new Error('no output y');
  results.push({ shape: y.dims, numbers: [.../** @type {Float32Array} */ (y.data)] });
}
process.stdout.write(JSON.stringify(results));
