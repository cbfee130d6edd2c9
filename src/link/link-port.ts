import type { ChildProcess } from 'node:child_process';
import { parentPort, type Worker } from 'node:worker_threads';
import { isLinkMessage, type LinkMessage } from './link-messages.js';

/** Carries the messages of a link to its other end, in their order. */
export interface LinkPort {
  /** A message to an end that is gone is lost. */
  send(message: LinkMessage): void;
  onMessage(listener: (message: LinkMessage) => void): void;
  /** Calls the listener with the reason when the other end is gone. */
  onGone(listener: (reason: Error) => void): void;
}

/**
 * The port to a worker thread that this thread has started.
 * @param name For the message when the thread ends.
 */
export function threadPort(worker: Worker, name = 'the thread'): LinkPort {
  return {
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
    onGone: (listener) => {
      let failure: Error | undefined;
      worker.on('error', (error) => (failure = error instanceof Error ? error : new Error(String(error))));
      // Only now: a process that exits while one of its threads ends may crash.
      worker.on('exit', (code) => listener(failure ?? new Error(`${name} ended with code ${code}`)));
    },
  };
}

/**
 * The port to a child process that this process has forked.
 * @param name For the message when the process ends.
 */
export function childPort(child: ChildProcess, name = 'the process'): LinkPort {
  let gone: ((reason: Error) => void) | undefined;
  return {
    send: (message) => {
      if (child.pid === undefined) return; // it was not started, and 'error' will tell why
      child.send(message, (error) => {
        if (error !== null) gone?.(error);
      });
    },
    onMessage: (listener) => void child.on('message', (message) => isLinkMessage(message) && listener(message)),
    onGone: (listener) => {
      gone = listener;
      child.on('error', listener);
      child.on('exit', (code, signal) => listener(new Error(`${name} ended with ${signal ?? `code ${code}`}`)));
    },
  };
}

/** The port of a worker thread's program, or of a forked process's program, to the one that started it. */
export function parentLinkPort(): LinkPort {
  return parentPort === null ? parentProcessPort() : parentThreadPort(parentPort);
}

function parentThreadPort(port: NonNullable<typeof parentPort>): LinkPort {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', listener),
    onGone: (listener) => void port.on('close', () => listener(parentGone())),
  };
}

function parentProcessPort(): LinkPort {
  return {
    send: (message) => void process.send?.(message, undefined, undefined, () => undefined), // `disconnect` tells that the parent is gone
    onMessage: (listener) => void process.on('message', (message) => isLinkMessage(message) && listener(message)),
    onGone: (listener) => void process.on('disconnect', () => listener(parentGone())),
  };
}

function parentGone(): Error {
  return new Error('the program that started this one is gone');
}
