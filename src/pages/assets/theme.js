// Loaded before anything is painted, so that a chosen theme never flashes; a classic script, because modules wait.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const chosen = storedTheme();
  if (chosen !== null) root.dataset['theme'] = chosen;

  document.addEventListener('DOMContentLoaded', () => {
    const toggle = document.getElementById('theme-toggle');
    if (toggle === null) return;
    const show = () => toggle.setAttribute('aria-pressed', String(isDark()));
    toggle.addEventListener('click', () => {
      root.dataset['theme'] = isDark() ? 'light' : 'dark';
      storeTheme(root.dataset['theme']);
      show();
      document.dispatchEvent(new Event('themechange'));
    });
    dark.addEventListener('change', () => {
      show();
      document.dispatchEvent(new Event('themechange'));
    });
    show();
  });

  function isDark() {
    return root.dataset['theme'] === undefined ? dark.matches : root.dataset['theme'] === 'dark';
  }

  function storedTheme() {
    try {
      return localStorage.getItem('theme');
    } catch {
      return null; // a browser that keeps nothing still shows the page
    }
  }

  /** @param {string} theme */
  function storeTheme(theme) {
    try {
      localStorage.setItem('theme', theme);
    } catch {
      // the choice then holds for this page only
    }
  }
})();
