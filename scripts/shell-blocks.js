/**
 * A shell block of a Markdown file. A plain block after it is its output.
 *
 * @typedef {object} ShellBlock
 * @property {number} line where it begins in the file
 * @property {string} commands
 * @property {string | undefined} output
 */

const BLOCKS = /^(?:<!-- (?<when>not run|run apart): .+ -->\n+)?```sh\n(?<commands>[^]*?)^```\n(?:\n```\n(?<output>[^]*?)^```$)?/gm;

/**
 * Returns the blocks that a reader would copy to a shell, without those after a comment `<!-- not run: why -->`, and without
 * those after `<!-- run apart: why -->` unless all are asked for.
 *
 * @param {string} markdown
 * @param {{ all?: boolean }} [options]
 * @returns {ShellBlock[]}
 */
export function shellBlocks(markdown, { all = false } = {}) {
  return [...markdown.matchAll(BLOCKS)].flatMap(({ groups, index }) => {
    const when = groups?.['when'];
    if (when === 'not run' || (when === 'run apart' && !all)) return [];
    const line = markdown.slice(0, index).split('\n').length;
    return [{ line, commands: groups?.['commands'] ?? '', output: groups?.['output'] }];
  });
}

/**
 * Compares the output with the one in the guide, where `…` stands for any text.
 *
 * @param {string} shown
 * @param {string} printed
 */
export function isAsShown(shown, printed) {
  const parts = shown.trim().split(/\s*…\s*/);
  const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('[^]*');
  return new RegExp(`^${pattern}$`).test(printed.replaceAll('\r\n', '\n').trim());
}
