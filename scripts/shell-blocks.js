/**
 * A shell block of a Markdown file, and the plain block after it, if there is one: what it prints.
 *
 * @typedef {object} ShellBlock
 * @property {number} line where it begins in the file
 * @property {string} commands
 * @property {string | undefined} output
 */

const BLOCKS = /^(?<comment><!-- not run: .+ -->\n+)?```sh\n(?<commands>[^]*?)^```\n(?:\n```\n(?<output>[^]*?)^```$)?/gm;

/**
 * The blocks that a reader would copy to a shell; `<!-- not run: why -->` before a block leaves it out.
 *
 * @param {string} markdown
 * @returns {ShellBlock[]}
 */
export function shellBlocks(markdown) {
  return [...markdown.matchAll(BLOCKS)].flatMap(({ groups, index }) => {
    if (groups?.['comment'] !== undefined) return [];
    const line = markdown.slice(0, index).split('\n').length;
    return [{ line, commands: groups?.['commands'] ?? '', output: groups?.['output'] }];
  });
}

/**
 * Whether what was printed is what the guide shows. In the guide `…` stands for anything.
 *
 * @param {string} shown
 * @param {string} printed
 */
export function isAsShown(shown, printed) {
  const parts = shown.trim().split(/\s*…\s*/);
  const pattern = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('[^]*');
  return new RegExp(`^${pattern}$`).test(printed.replaceAll('\r\n', '\n').trim());
}
