import { copyButton } from './copy-button.js';
import { make } from './dom.js';
import { embedRequest } from './embed-call.js';

/** @typedef {{ texts: readonly string[], recompute: boolean, withKey: boolean }} Shown */

/**
 * Writes the call that the page makes for these texts, in three languages.
 *
 * @param {HTMLElement} panel
 * @param {Shown} shown
 */
export function showCode(panel, shown) {
  const { texts, recompute, withKey } = shown.texts.length > 0 ? shown : { ...shown, texts: ['Hello, world!'] };
  const { path, body, headers } = embedRequest(texts, recompute);
  const request = { url: `${location.origin}${path}`, body, headers, withKey };
  const intro = withKey
    ? 'Exactly this call. It takes your key from the environment variable API_KEY.'
    : 'Exactly this call, with nothing to install.';
  panel.replaceChildren(
    make('p', { class: 'view-note', text: intro }),
    ...block('curl', curlCode(request)),
    ...block('Node.js', nodeCode(request)),
    ...block('Python', pythonCode(request)),
  );
}

/**
 * @param {string} language
 * @param {string} code
 */
function block(language, code) {
  const head = make('div', { class: 'code-head' }, [make('h3', { text: language }), copyButton(`Copy the ${language} code`, () => code)]);
  return [head, make('pre', { class: 'code', tabindex: '0', role: 'region', 'aria-label': `${language} code`, text: code })];
}

/** @typedef {{ url: string, body: object, headers: Record<string, string>, withKey: boolean }} Request */

/** @param {Request} request */
function curlCode({ url, body, headers, withKey }) {
  const lines = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`);
  if (withKey) lines.push('-H "authorization: Bearer $API_KEY"');
  lines.push(`-d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`);
  return [`curl -s ${url}`, ...lines].join(' \\\n  ');
}

/** @param {Request} request */
function nodeCode({ url, body, headers, withKey }) {
  const key = withKey ? ', authorization: `Bearer ${process.env.API_KEY}`' : '';
  const sent = Object.entries(headers).map(([name, value]) => `'${name}': '${value}'`);
  return `const answer = await fetch('${url}', {
  method: 'POST',
  headers: { ${sent.join(', ')}${key} },
  body: JSON.stringify(${inJavaScript(body)}),
});
console.log(await answer.json());`;
}

/** @param {Request} request */
function pythonCode({ url, body, headers, withKey }) {
  const sent = Object.entries(headers).map(([name, value]) => `"${name}": "${value}"`);
  if (withKey) sent.push('"authorization": "Bearer " + os.environ["API_KEY"]');
  return `import json, ${withKey ? 'os, ' : ''}urllib.request

request = urllib.request.Request(
    "${url}",
    data=json.dumps(${inPython(body)}).encode(),
    headers={${sent.join(', ')}},
)
print(json.load(urllib.request.urlopen(request)))`;
}

/** @param {object} body */
function inJavaScript(body) {
  return JSON.stringify(body, undefined, 2)
    .replaceAll('\n', '\n  ')
    .replace(/^(\s*)"(\w+)":/gm, '$1$2:');
}

/**
 * JSON of strings and lists is valid Python too, because the escapes are the same; JSON.stringify escapes half surrogate pairs.
 *
 * @param {object} body
 */
function inPython(body) {
  return JSON.stringify(body, undefined, 4).replaceAll('\n', '\n    ');
}
