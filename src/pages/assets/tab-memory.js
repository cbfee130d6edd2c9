/**
 * What this tab remembers until it is closed: it survives a reload, and no other tab sees it.
 *
 * @param {string} name
 * @returns {string | undefined}
 */
export function recall(name) {
  try {
    return sessionStorage.getItem(name) ?? undefined;
  } catch {
    return undefined; // a browser that keeps nothing still shows the page
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
    // it then holds until the page is left
  }
}
