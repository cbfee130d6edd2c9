// This script is loaded before the first paint, so that the other theme never flashes. It is a classic script, because modules load later.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const chosen = storedTheme();
  if (chosen !== null) root.dataset['theme'] = chosen;
  nameTheme();

  document.addEventListener('DOMContentLoaded', () => {
    const toggle = document.getElementById('theme-toggle');
    if (toggle === null) return;
    const show = () => {
      nameTheme();
      toggle.setAttribute('aria-pressed', String(isDark()));
    };
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

  /** Swagger UI reads this class. */
  function nameTheme() {
    root.classList.toggle('dark-mode', isDark());
  }

  function isDark() {
    return root.dataset['theme'] === undefined ? dark.matches : root.dataset['theme'] === 'dark';
  }

  function storedTheme() {
    try {
      return localStorage.getItem('theme');
    } catch {
      return null; // a browser without storage still shows the page
    }
  }

  /** @param {string} theme */
  function storeTheme(theme) {
    try {
      localStorage.setItem('theme', theme);
    } catch {
      // without storage, the choice lasts for this page only
    }
  }
})();
