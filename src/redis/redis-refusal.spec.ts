import { faultOf, refusalOf } from './redis-refusal.js';

function replyError(message: string): Error {
  const error = new Error(message);
  error.name = 'ReplyError';
  return error;
}

describe('refusalOf', () => {
  it.each([
    ["READONLY You can't write against a read only replica.", 'READONLY'],
    ["ERR Error running script (call to f_1): @user_script:3: @user_script: 3: -READONLY You can't write", 'READONLY'],
    ["OOM command not allowed when used memory > 'maxmemory'. script: ab, on @user_script:2.", 'OOM'],
    ['MOVED 866 127.0.0.1:7001', 'MOVED'],
    ['CLUSTERDOWN Hash slot not served', 'CLUSTERDOWN'],
    ["NOPERM this user has no permissions to run the 'evalsha' command", 'NOPERM'],
    ["ERR unknown command 'EVALSHA', with args beginning with: 'a'", 'unknown command'],
    ['ERR value is not an integer or out of range', 'other'],
  ])('names the reason of %s', (message, refusal) => {
    expect([refusalOf(replyError(message)), faultOf(replyError(message))]).toEqual([refusal, `refuses commands (${refusal})`]);
  });

  it.each([
    'Connection is closed.',
    "Stream isn't writeable and enableOfflineQueue options is false",
    "Cluster isn't ready and enableOfflineQueue options is false",
    'None of startup nodes is available',
    'connect ECONNREFUSED 127.0.0.1:6379',
    'read ECONNRESET',
  ])('reports that there is no connection: %s', (message) => {
    expect([refusalOf(new Error(message)), faultOf(new Error(message))]).toEqual([undefined, 'cannot be reached']);
  });

  it.each(['Command timed out', 'no answer within 100 ms'])('reports that Redis does not answer: %s', (message) => {
    expect([refusalOf(new Error(message)), faultOf(new Error(message))]).toEqual([undefined, 'does not answer']);
  });
});
