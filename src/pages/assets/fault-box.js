import { byId } from './dom.js';
import { refusalOfKey } from './key.js';
import { withoutWait } from './wait-words.js';

const TITLES = new Map([
  [0, 'No connection.'],
  [429, 'Too many requests.'],
  [503, 'The service is full just now.'],
]);

/** A button for the next step, and what it does. @typedef {{ label: string, action: () => void }} NextStep */

/** Shows a fault, counts down the time to try again, and then offers it. */
export class FaultBox {
  /**
   * @param {string} id of the box; the ids of its parts begin with it
   * @param {() => void} retry
   */
  constructor(id, retry) {
    this.box = byId(id, HTMLDivElement);
    this.message = byId(`${id}-message`, HTMLParagraphElement);
    this.wait = byId(`${id}-wait`, HTMLParagraphElement);
    this.button = byId(`${id}-retry`, HTMLButtonElement);
    this.retry = retry;
    this.action = retry;
    /** @type {number | undefined} */
    this.timer = undefined;
    this.button.addEventListener('click', () => this.action());
  }

  /** True during the wait that the service has asked for. */
  get waiting() {
    return this.timer !== undefined;
  }

  /**
   * @param {import('./api.js').CallError} error
   * @param {string} [lead] the words before the reason
   */
  show({ status, message, retryAfterSeconds }, lead) {
    const words = status === 401 ? [refusalOfKey()] : [lead, TITLES.get(status), withoutWait(message)];
    const label = status === 401 ? 'Give a key' : 'Try again';
    const helps = status !== 400 && status !== 413;
    this.say(words.filter(Boolean).join(' '), helps ? { label, action: this.retry } : undefined);
    if (retryAfterSeconds !== undefined) this.countDown(retryAfterSeconds);
    this.reveal();
  }

  /**
   * @param {string} message
   * @param {NextStep} [next]
   */
  say(message, next) {
    this.hide();
    this.box.hidden = false;
    this.message.textContent = message;
    this.button.hidden = next === undefined;
    this.button.textContent = next?.label ?? '';
    this.action = next?.action ?? this.retry;
  }

  hide() {
    clearInterval(this.timer);
    this.timer = undefined;
    this.box.hidden = true;
    this.message.textContent = '';
    this.wait.textContent = '';
  }

  reveal() {
    this.box.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} seconds */
  countDown(seconds) {
    const until = performance.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((until - performance.now()) / 1000);
      this.button.hidden = left > 0;
      this.wait.textContent = left > 0 ? `Try again in ${inMinutes(left)}.` : 'You can try again now.';
      if (left > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
    this.timer = setInterval(tick, 250);
    tick();
  }
}

/** @param {number} seconds */
function inMinutes(seconds) {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
