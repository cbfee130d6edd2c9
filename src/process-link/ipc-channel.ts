import type { LinkChannel, LinkMessage } from './link-channel.port.js';

/** Either end of Node's own connection between a process and its child. */
interface IpcEnd {
  send?(message: object, callback: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

interface Envelope {
  readonly link: readonly LinkMessage[];
}

/** Carries a link beside whatever else the two processes say to each other. */
export function ipcChannel(end: IpcEnd): LinkChannel {
  return {
    send: (link) => void end.send?.({ link } satisfies Envelope, () => undefined), // who is gone is replaced, or exits itself
    listen: (listener) => {
      end.on('message', (message) => {
        if (isEnvelope(message)) listener(message.link);
      });
    },
  };
}

function isEnvelope(message: unknown): message is Envelope {
  return typeof message === 'object' && message !== null && 'link' in message;
}
