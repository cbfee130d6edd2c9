import { readFileSync } from 'node:fs';

const fixture = new URL('../fixtures/all-MiniLM-L6-v2.jsonl', import.meta.url);

/** 200 texts of many scripts and lengths, without line breaks, because LangChain's JavaScript client turns them into spaces. */
export function clientTexts() {
  const references = readFileSync(fixture, 'utf8')
    .trim()
    .split('\n')
    .map((line) => /** @type {{ text: string }} */ (JSON.parse(line)).text)
    .filter((text) => !/[\r\n]/.test(text));
  const others = Array.from(
    { length: 200 - references.length },
    (_, index) => `Text ${index}: ${'ärger, 漢字 and 😀 '.repeat(index % 7)}end.`,
  );
  return [...references, ...others];
}

/** Longer than MAX_TEXT_LENGTH allows: a 400 whichever way a client sends it. */
export const textThatIsTooLong = 'word '.repeat(2100);
