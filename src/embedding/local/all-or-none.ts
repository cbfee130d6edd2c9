interface Closable {
  close(): Promise<void>;
}

/** Waits until all are open. If one cannot be opened, closes the others, because they would keep the process alive, and rejects with its reason. */
export async function allOrNone<First extends Closable, Second extends Closable>(
  opening: readonly [Promise<First>, Promise<Second>],
): Promise<readonly [First, Second]> {
  try {
    return await Promise.all(opening);
  } catch (error) {
    for (const opened of await Promise.allSettled<Closable>(opening)) if (opened.status === 'fulfilled') await opened.value.close();
    throw error;
  }
}
