import { execFile } from 'node:child_process';
import { tiktokenFolder } from './tiktoken-file.js';

/**
 * @param {{ python: string, cwd: string, words: readonly string[], env: Readonly<Record<string, string>> }} run
 * @returns {Promise<string>} The last line, which counts the tests. Rejects with the failures if there are any.
 */
export function runPytest({ python, cwd, words, env }) {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  const options = {
    cwd,
    env: { PATH, HOME, TMPDIR, LANG, TIKTOKEN_CACHE_DIR: tiktokenFolder(), ...env },
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    execFile(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', ...words], options, (error, stdout) => {
      const lines = stdout.trim().split('\n');
      if (error === null) resolve(lines.at(-1) ?? '');
      else reject(new Error(lines.filter((line) => /^(?:FAILED|ERROR|E) /.test(line)).join('\n') || error.message));
    });
  });
}
