import pretty from 'pino-pretty';
import { SAID_FIELDS, terminalMessage } from './terminal-message.js';

/** Writes lines for people to read. pino loads it by its path, into a thread of its own. */
// oxlint-disable-next-line import/no-default-export -- pino calls the default export of a transport
export default function openTerminal(): ReturnType<typeof pretty> {
  return pretty({
    ignore: ['pid', 'hostname', ...SAID_FIELDS].join(','),
    messageFormat: terminalMessage,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
  });
}
