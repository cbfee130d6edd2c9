/** Makes int8 weights of models with the command `quantize`, and compares them with fp32. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readmeTexts } from './readme-texts.js';
import { report } from './report.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
/** A quarter is kept apart, for the comparison. */
const textCount = 600;

/**
 * @param {string} model a folder
 * @param {string} folder for the results
 * @param {{ before: number, after: number }} least mean cosines to fp32, before and after the calibration
 */
export function expectInt8(model, folder, least) {
  const [texts, out] = [join(folder, 'readme-texts.txt'), join(folder, `${basename(model)}-int8`)];
  writeFileSync(texts, readmeTexts(textCount).join('\n'));
  rmSync(out, { recursive: true, force: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'quantize', model, '--out', out, '--calibrate', texts], { encoding: 'utf8' });
  const line = (/** @type {string} */ start) => stdout.split('\n').find((each) => each.startsWith(start)) ?? '';
  const cosines = line('Calibrated   is better');
  const [, before, after] = /cosine to fp32 (\S+) before, (\S+) now/.exec(cosines) ?? [];
  const isNear = Number(before) >= least.before && Number(after) >= least.after;
  const name = basename(model);
  report(`int8 of ${name} is near to fp32`, status === 0 && isNear, cosines || stderr.trim());
  report(`int8 of ${name} gives a text the same bits alone and in a batch`, line('Batches').includes('the same vector'), line('Batches'));
  console.log(`     ${line('Weights')}; ${line('Speed')}`);
}
