import { byId } from './dom.js';
import { refusalOfKey } from './key-dialog.js';

const TITLES = new Map([
  [0, 'No connection.'],
  [429, 'Too many requests.'],
  [503, 'The service is full just now.'],
]);

/** Shows the fault, the time to try again, and the button for it. */
export class FaultBox {
  /** @param {() => void} retry */
  constructor(retry) {
    this.box = byId('fault', HTMLDivElement);
    this.message = byId('fault-message', HTMLParagraphElement);
    this.wait = byId('fault-wait', HTMLParagraphElement);
    this.button = byId('retry', HTMLButtonElement);
    /** @type {number | undefined} */
    this.timer = undefined;
    this.button.addEventListener('click', retry);
  }

  /** True during the wait that the service has asked for. */
  get waiting() {
    return this.timer !== undefined;
  }

  /** @param {import('./api.js').CallError} error */
  show({ status, message, retryAfterSeconds }) {
    this.say(status === 401 ? refusalOfKey() : [TITLES.get(status), withoutWait(message)].filter(Boolean).join(' '));
    this.button.hidden = status === 400 || status === 413;
    this.button.textContent = status === 401 ? 'Give a key' : 'Try again';
    if (retryAfterSeconds !== undefined) this.countDown(retryAfterSeconds);
    this.box.scrollIntoView({ block: 'nearest' });
  }

  /** @param {string} message */
  say(message) {
    this.hide();
    this.box.hidden = false;
    this.message.textContent = message;
    this.button.hidden = true;
  }

  hide() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.box.hidden = true;
    this.message.textContent = '';
    this.wait.textContent = '';
    this.button.disabled = false;
  }

  /** @param {number} seconds */
  countDown(seconds) {
    const until = performance.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((until - performance.now()) / 1000);
      if (left > 0) {
        this.wait.textContent = `Try again in ${inMinutes(left)}.`;
        return;
      }
      clearInterval(this.timer);
      this.timer = undefined;
      this.wait.textContent = 'You can try again now.';
      this.button.disabled = false;
    };
    this.button.disabled = true;
    this.timer = setInterval(tick, 250);
    tick();
  }
}

/** The box counts down itself. @param {string} message */
function withoutWait(message) {
  return message.replace(/; try again [^;]+\.$/, '.');
}

/** @param {number} seconds */
function inMinutes(seconds) {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
