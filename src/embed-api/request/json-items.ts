/** The items of a JSON list, in pieces, with commas between. */
export function* jsonItems<Item>(items: readonly Item[], write: (item: Item, index: number) => string): Generator<string> {
  for (const [index, item] of items.entries()) yield (index === 0 ? '' : ',') + write(item, index);
}
