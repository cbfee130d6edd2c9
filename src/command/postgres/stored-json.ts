/** JSON that the type jsonb takes: integers of any size, and no half of a surrogate pair. */
export function storedJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return Number.isSafeInteger(Number(inner)) ? Number(inner) : String(inner);
    return typeof inner === 'string' ? inner.toWellFormed() : inner;
  });
}
