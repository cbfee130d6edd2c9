/** Texts in groups of one length, which need no padding. A group has at most `mostTokens`, or a single text. */
export function equalLengths(texts: readonly Int32Array[], mostTokens: number): readonly (readonly Int32Array[])[] {
  const groups: Int32Array[][] = [];
  for (const text of texts.toSorted((left, right) => left.length - right.length)) {
    const group = groups.at(-1);
    if (group?.[0]?.length === text.length && (group.length + 1) * text.length <= mostTokens) group.push(text);
    else groups.push([text]);
  }
  return groups;
}
