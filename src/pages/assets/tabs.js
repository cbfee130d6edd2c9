/**
 * Makes tabs as the ARIA practices describe them: there is one tab stop, and arrow keys, Home and End select a tab.
 *
 * @param {Iterable<Element>} elements
 */
export function wireTabs(elements) {
  const tabs = [...elements].filter((element) => element instanceof HTMLElement);
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener('click', () => choose(tabs, tab));
    tab.addEventListener('keydown', (event) => {
      const next = tabs[neighbour(event.key, index, tabs.length)];
      if (next === undefined) return;
      event.preventDefault();
      choose(tabs, next);
      next.focus();
    });
  }
}

/**
 * @param {string} key
 * @param {number} index
 * @param {number} count
 */
function neighbour(key, index, count) {
  if (key === 'ArrowRight') return (index + 1) % count;
  if (key === 'ArrowLeft') return (index + count - 1) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : -1;
}

/**
 * @param {readonly HTMLElement[]} tabs
 * @param {HTMLElement} chosen
 */
function choose(tabs, chosen) {
  for (const tab of tabs) {
    const isChosen = tab === chosen;
    tab.setAttribute('aria-selected', String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    const panel = document.getElementById(tab.getAttribute('aria-controls') ?? '');
    if (panel !== null) panel.hidden = !isChosen;
  }
}
