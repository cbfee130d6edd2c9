/**
 * Reads a value that this tab keeps until it is closed. It survives a reload, and other tabs do not see it.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function recall(name) {
  try {
    return sessionStorage.getItem(name) ?? undefined;
  } catch {
    return undefined; // a browser without storage still shows the page
  }
}

/**
 * @param {string} name
 * @param {string | undefined} value undefined = forget it
 */
export function remember(name, value) {
  try {
    if (value === undefined) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // without storage, the value lasts until the page is left
  }
}
