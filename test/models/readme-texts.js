/** Texts that people wrote: paragraphs of the README files of installed packages. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/**
 * Different paragraphs of prose, in an order that looks random and is always the same.
 *
 * @param {number} count
 */
export function readmeTexts(count) {
  const paragraphs = new Set(readmes().flatMap((file) => readFileSync(file, 'utf8').split(/\n\s*\n/).map(asLine)));
  const hashed = [...paragraphs].filter(isProse).map((text) => ({ text, hash: createHash('sha256').update(text).digest('hex') }));
  hashed.sort((left, right) => (left.hash < right.hash ? -1 : 1));
  return hashed.slice(0, count).map(({ text }) => text);
}

function readmes() {
  const names = readdirSync(modules).flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)).map((part) => join(name, part)) : [name]));
  return names.map((name) => join(modules, name, 'README.md')).filter((file) => existsSync(file));
}

/** @param {string} text */
function asLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}

/** @param {string} text */
function isProse(text) {
  return text.length > 80 && text.length < 900 && /^[A-Z]/.test(text) && !text.includes('http');
}
