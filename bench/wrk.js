import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hitTexts } from './workloads.js';

const connections = 16;

/** Whether wrk is installed. It takes less of a core than the generator here, which so hides less of what is measured. */
export function hasWrk() {
  return spawnSync('wrk', ['-v']).error === undefined;
}

/**
 * Has wrk ask for cached texts, and returns the requests per second. Throws if any answer was not 200.
 *
 * @param {string} url Of a server that answers POST /embed.
 * @param {number} milliseconds
 */
export function wrkHits(url, milliseconds) {
  const folder = mkdtempSync(join(tmpdir(), 'embedding-wrk-'));
  try {
    const script = join(folder, 'hits.lua');
    writeFileSync(script, luaScript());
    const seconds = Math.max(1, Math.round(milliseconds / 1000));
    const parameters = ['-t', '1', '-c', String(connections), '-d', `${seconds}s`, '-s', script, `${url}/embed`];
    const { stdout } = spawnSync('wrk', parameters, { encoding: 'utf8' });
    const rate = Number(/^Requests\/sec:\s+([\d.]+)$/m.exec(stdout)?.[1]);
    if (!(rate > 0) || stdout.includes('Non-2xx')) throw new Error(`wrk says:\n${stdout}`);
    return rate;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Takes the texts in turn, as the generator does. */
function luaScript() {
  const bodies = hitTexts.map((text) => `  [=[${JSON.stringify({ text })}]=],`).join('\n');
  return `bodies = {
${bodies}
}
at = 0
request = function()
  at = at % #bodies + 1
  return wrk.format("POST", nil, { ["content-type"] = "application/json" }, bodies[at])
end
`;
}
