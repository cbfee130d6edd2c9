import { recall, remember } from './tab-memory.js';

const STORED_AS = 'key';

let key = recall(STORED_AS) ?? '';

/** The key of every call; '' = none. It is in this tab's memory and in headers, never in an address. */
export function currentKey() {
  return key;
}

/** Explains a 401 to a person, because the service's own words are for programs. */
export function refusalOfKey() {
  return key === '' ? 'This service asks for a key.' : 'This service does not know your key any more.';
}

/** @param {string} given '' = forget it */
export function useKey(given) {
  key = given;
  remember(STORED_AS, given === '' ? undefined : given);
  document.dispatchEvent(new Event('keychange'));
}
