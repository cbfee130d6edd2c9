/** A text as it is embedded: behind its title, if it has one. */
export function titled(title: string | undefined, text: string): string {
  return title === undefined || title === '' ? text : `${title}\n${text}`;
}
