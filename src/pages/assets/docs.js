// The header above Swagger UI. It is a classic script, so that the button is there when theme.js looks for it.
(() => {
  const home = document.createElement('a');
  home.href = '/';
  home.className = 'docs-home';
  const icon = document.createElement('img');
  icon.src = '/assets/icon.svg';
  icon.alt = '';
  icon.width = icon.height = 26;
  home.append(icon, 'embedding-pipeline');

  const front = document.createElement('a');
  front.href = '/';
  front.className = 'docs-front';
  front.textContent = 'Front page';

  const toggle = document.createElement('button');
  toggle.id = 'theme-toggle';
  toggle.type = 'button';
  toggle.textContent = '◐';
  toggle.setAttribute('aria-label', 'Dark theme');

  const header = document.createElement('header');
  header.className = 'docs-top';
  header.append(home, front, toggle);
  document.body.prepend(header);
})();
