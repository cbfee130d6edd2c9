/** Half a surrogate pair cannot be written as UTF-8: it becomes U+FFFD, as every encoder does. */
export function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}
