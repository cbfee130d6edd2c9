/** One slot of a Redis Cluster for all keys: a script changes many of them in one step. */
export const JOB_KEYS = 'embedding:{jobs}:';

/** Due messages of one account that one call looks at: those behind full destinations are found up to here. */
const MOST_SCANNED = 500;

/** The functions that all scripts share; their one key is the prefix of all keys, by which a cluster finds the slot. The keys: see RedisJobStore. Times are milliseconds since the epoch. */
const COMMON = `
local P = KEYS[1]
local function key(name, id) return P .. name .. ':' .. id end
local function field(id, name) return redis.call('HGET', key('job', id), name) end
local function number(id, name) return tonumber(field(id, name) or '0') end
local function isOpen(id)
  local status = field(id, 'status')
  return status == 'queued' or status == 'active'
end
local function member(start, count) return start .. ':' .. count end
local function isToDo(id, start, count) return redis.call('ZSCORE', key('todo', id), member(start, count)) end
local function account(id) return field(id, 'account') or field(id, 'owner') or '' end
local function remaining(id) return number(id, 'total') - number(id, 'completed') - number(id, 'failed') end
local function setStage(id, stage, stamp)
  local old = field(id, 'status')
  if old then redis.call('ZREM', key('stage', old), id) end
  redis.call('HSET', key('job', id), 'status', stage)
  redis.call('ZADD', key('stage', stage), stamp, id)
end
local function open(id)
  local owner = account(id)
  redis.call('ZADD', key('open', owner), number(id, 'createdAt'), id)
  redis.call('HINCRBY', P .. 'share-texts', owner, remaining(id))
end
local function close(id)
  local owner = account(id)
  if redis.call('ZREM', key('open', owner), id) == 0 then return end
  if redis.call('ZCARD', key('open', owner)) > 0 then redis.call('HINCRBY', P .. 'share-texts', owner, 0 - remaining(id)) -- not -remaining(id), which may be -0
  else redis.call('HDEL', P .. 'share-texts', owner) end
end
local function finish(id, status, now, ttl)
  close(id)
  setStage(id, status, now + ttl)
  redis.call('HSET', key('job', id), 'finishedAt', now)
  redis.call('DECRBY', P .. 'pending', remaining(id))
  if field(id, 'webhookUrl') then
    redis.call('ZADD', key('messages', account(id)), now, id)
    redis.call('SADD', P .. 'message-accounts', account(id))
  end
end
local function removeMessage(id)
  local owner = account(id)
  redis.call('ZREM', key('messages', owner), id)
  if redis.call('EXISTS', key('messages', owner)) == 0 then redis.call('SREM', P .. 'message-accounts', owner) end
  redis.call('HDEL', P .. 'message-tries', id)
end
local function stop(id, status, now, ttl, problem)
  redis.call('UNLINK', key('todo', id), key('texts', id), key('tries', id)) -- first: a Redis that is full lets no script begin with more
  if problem ~= '' then redis.call('HSET', key('job', id), 'error', problem) end
  finish(id, status, now, ttl)
end
local function remove(id)
  local owner, kind, idempotency = field(id, 'owner'), field(id, 'kind'), field(id, 'idempotencyKey')
  redis.call('ZREM', key('stage', field(id, 'status') or 'uploading'), id)
  if owner and kind then redis.call('ZREM', key('list', owner .. ':' .. kind), id) end
  if idempotency then redis.call('DEL', key('idempotency', owner .. ':' .. idempotency)) end
  removeMessage(id)
  for _, name in ipairs({ 'job', 'todo', 'texts', 'tries', 'results', 'done' }) do redis.call('UNLINK', key(name, id)) end
end
`;

/** id, now, ttl of an upload, then name and value of each field. */
const CREATE = `
local id, now, ttl = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
for i = 4, #ARGV, 2 do redis.call('HSET', key('job', id), ARGV[i], ARGV[i + 1]) end
setStage(id, 'uploading', now + ttl)
return 1
`;

/** id, start, count, texts, now, ttl of an upload; 0 = there is no such upload. */
const ADD_CHUNK = `
local id, start = ARGV[1], ARGV[2]
if field(id, 'status') ~= 'uploading' then return 0 end
redis.call('HSET', key('texts', id), start, ARGV[4])
redis.call('ZADD', key('todo', id), start, member(start, ARGV[3]))
redis.call('ZADD', key('stage', 'uploading'), tonumber(ARGV[5]) + tonumber(ARGV[6]), id)
return 1
`;

/**
 * id, total, most open jobs, idempotency key and hash ('' = none), most jobs and texts of the account, then name and value of
 * each detail. Returns the outcome and the id of the job that has the key, or what the account has queued.
 */
const SUBMIT = `
local id, total, idempotency, hash = ARGV[1], ARGV[2], ARGV[4], ARGV[5]
if field(id, 'status') ~= 'uploading' then return { 'gone', '' } end
local owner = field(id, 'owner')
local name = key('idempotency', owner .. ':' .. idempotency)
if idempotency ~= '' then
  local known = redis.call('HMGET', name, 'jobId', 'bodyHash')
  if known[1] then return { known[2] == hash and 'repeated' or 'mismatch', known[1] } end
end
if redis.call('ZCARD', key('stage', 'queued')) + redis.call('ZCARD', key('stage', 'active')) >= tonumber(ARGV[3]) then return { 'full', '' } end
local jobs = redis.call('ZCARD', key('open', account(id)))
local texts = tonumber(redis.call('HGET', P .. 'share-texts', account(id)) or '0')
if jobs >= tonumber(ARGV[6]) or texts + tonumber(total) > tonumber(ARGV[7]) then return { 'share-full', jobs, texts } end
if idempotency ~= '' then
  redis.call('HSET', name, 'jobId', id, 'bodyHash', hash)
  redis.call('HSET', key('job', id), 'idempotencyKey', idempotency)
end
redis.call('HSET', key('job', id), 'total', total)
for i = 8, #ARGV, 2 do redis.call('HSET', key('job', id), ARGV[i], ARGV[i + 1]) end
setStage(id, 'queued', number(id, 'createdAt'))
open(id)
redis.call('ZADD', key('list', owner .. ':' .. field(id, 'kind')), 0, id)
redis.call('INCRBY', P .. 'pending', total)
return { 'accepted', id }
`;

/** id. */
const DISCARD = `
if field(ARGV[1], 'status') == 'uploading' then remove(ARGV[1]) end
return 1
`;

/** id, start, count, now; tries, texts, and of the job its input type and how its texts are cut ('' = none). */
const BEGIN = `
local id, start, count = ARGV[1], ARGV[2], ARGV[3]
if not isOpen(id) or not isToDo(id, start, count) then return false end
if field(id, 'status') == 'queued' then
  setStage(id, 'active', number(id, 'createdAt'))
  redis.call('HSET', key('job', id), 'startedAt', ARGV[4])
end
local tries, texts = redis.call('HINCRBY', key('tries', id), start, 1), redis.call('HGET', key('texts', id), start)
return { tries, texts, field(id, 'inputType') or '', field(id, 'truncate') or '' }
`;

/** id, start, count. */
const PUT_BACK = `
local id, start = ARGV[1], ARGV[2]
if not isToDo(id, start, ARGV[3]) then return 0 end
if tonumber(redis.call('HGET', key('tries', id), start) or '0') > 0 then redis.call('HINCRBY', key('tries', id), start, -1) end
return 1
`;

/** id, start, count, results, completed, failed, now, ttl; 1 = stored. */
const COMPLETE = `
local id, start, count = ARGV[1], ARGV[2], ARGV[3]
if not isOpen(id) or not isToDo(id, start, count) then return 0 end
redis.call('HSET', key('results', id), start, ARGV[4])
redis.call('ZADD', key('done', id), start, start)
redis.call('ZREM', key('todo', id), member(start, count))
redis.call('HDEL', key('texts', id), start)
redis.call('HDEL', key('tries', id), start)
redis.call('DECRBY', P .. 'pending', count)
if redis.call('HEXISTS', P .. 'share-texts', account(id)) == 1 then redis.call('HINCRBY', P .. 'share-texts', account(id), -count) end
local completed = redis.call('HINCRBY', key('job', id), 'completed', ARGV[5])
local failed = redis.call('HINCRBY', key('job', id), 'failed', ARGV[6])
if completed + failed == number(id, 'total') then finish(id, 'completed', tonumber(ARGV[7]), tonumber(ARGV[8])) end
return 1
`;

/** id, start, count, count of the first half, texts of both halves, tries. */
const SPLIT = `
local id, start, count, half = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if not isToDo(id, start, count) then return 0 end
local middle = tostring(tonumber(start) + half)
redis.call('ZREM', key('todo', id), member(start, count))
redis.call('ZADD', key('todo', id), start, member(start, half), middle, member(middle, tonumber(count) - half))
redis.call('HSET', key('texts', id), start, ARGV[5], middle, ARGV[6])
redis.call('HSET', key('tries', id), start, ARGV[7], middle, ARGV[7])
return 1
`;

/** id, status, now, ttl, error as JSON ('' = none); 1 = stopped. */
const STOP = `
if not isOpen(ARGV[1]) then return 0 end
stop(ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5])
return 1
`;

/** now, ttl, limit, error of a job that took too long, as JSON; how many jobs were removed or ended. */
const EXPIRE = `
local now, ttl, done = tonumber(ARGV[1]), tonumber(ARGV[2]), 0
for _, stage in ipairs({ 'uploading', 'completed', 'failed', 'cancelled' }) do
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('stage', stage), '-inf', now, 'LIMIT', 0, ARGV[3])) do
    remove(id)
    done = done + 1
  end
end
for _, stage in ipairs({ 'queued', 'active' }) do
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('stage', stage), '-inf', now - ttl, 'LIMIT', 0, ARGV[3])) do
    stop(id, 'failed', now, ttl, ARGV[4])
    done = done + 1
  end
end
return done
`;

/**
 * now, lease, limit, most of an account, most of a destination, account and destination of each message that is underway.
 * Returns id and tries of each message. Messages that an older version has stored are moved first; it had no accounts.
 */
const TAKE_MESSAGES = `
local now, lease, left = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local perAccount, perDestination = tonumber(ARGV[4]), tonumber(ARGV[5])
for _, id in ipairs(redis.call('ZRANGE', P .. 'messages', 0, 999)) do
  redis.call('ZADD', key('messages', account(id)), redis.call('ZSCORE', P .. 'messages', id), id)
  redis.call('SADD', P .. 'message-accounts', account(id))
  redis.call('ZREM', P .. 'messages', id)
end
local underway = {}
local function of(name) return underway[name] or 0 end
local function count(owner, destination)
  for _, name in ipairs({ owner, owner .. ' ' .. destination }) do underway[name] = of(name) + 1 end
end
for i = 6, #ARGV, 2 do count(ARGV[i], ARGV[i + 1]) end
local accounts = redis.call('SMEMBERS', P .. 'message-accounts')
table.sort(accounts, function(left, right) return of(left) == of(right) and left < right or of(left) < of(right) end)
local taken = {}
for _, owner in ipairs(accounts) do
  if left == 0 then break end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('messages', owner), '-inf', now, 'LIMIT', 0, ${MOST_SCANNED})) do
    local url = field(id, 'webhookUrl') or ''
    local destination = string.match(url, '^%w+://[^/?#]+') or url
    if left > 0 and of(owner) < perAccount and of(owner .. ' ' .. destination) < perDestination then
      left = left - 1
      count(owner, destination)
      redis.call('ZADD', key('messages', owner), now + lease, id)
      table.insert(taken, id)
      table.insert(taken, redis.call('HINCRBY', P .. 'message-tries', id, 1) - 1)
    end
  end
end
return taken
`;

/** id, when it is due ('' = settled). */
const SETTLE_MESSAGE = `
if ARGV[2] == '' then return removeMessage(ARGV[1]) end
return redis.call('ZADD', key('messages', account(ARGV[1])), 'XX', ARGV[2], ARGV[1])
`;

/**
 * How many of each account. Returns ids. Jobs by account are counted again where their number is wrong: older versions do not
 * keep them, and may run beside this one during an upgrade.
 */
const OPEN_JOBS = `
local function accounts() return redis.call('HKEYS', P .. 'share-texts') end
local known = 0
for _, owner in ipairs(accounts()) do known = known + redis.call('ZCARD', key('open', owner)) end
if known ~= redis.call('ZCARD', key('stage', 'queued')) + redis.call('ZCARD', key('stage', 'active')) then
  for _, owner in ipairs(accounts()) do redis.call('DEL', key('open', owner)) end
  redis.call('DEL', P .. 'share-texts')
  for _, stage in ipairs({ 'queued', 'active' }) do
    for _, id in ipairs(redis.call('ZRANGE', key('stage', stage), 0, -1)) do open(id) end
  end
end
local ids = {}
for _, owner in ipairs(accounts()) do
  for _, id in ipairs(redis.call('ZRANGE', key('open', owner), 0, ARGV[1] - 1)) do table.insert(ids, id) end
end
return ids
`;

/** Account, jobs and texts of each account that has open jobs. */
const SHARES = `
local shares = {}
local texts = redis.call('HGETALL', P .. 'share-texts')
for i = 1, #texts, 2 do
  for _, value in ipairs({ texts[i], redis.call('ZCARD', key('open', texts[i])), texts[i + 1] }) do table.insert(shares, value) end
end
return shares
`;

const scripts = {
  create: CREATE,
  addChunk: ADD_CHUNK,
  submit: SUBMIT,
  discard: DISCARD,
  begin: BEGIN,
  putBack: PUT_BACK,
  complete: COMPLETE,
  split: SPLIT,
  stop: STOP,
  expire: EXPIRE,
  takeMessages: TAKE_MESSAGES,
  settleMessage: SETTLE_MESSAGE,
  openJobs: OPEN_JOBS,
  shares: SHARES,
};

export type JobScript = keyof typeof scripts;

export const JOB_SCRIPTS = Object.entries(scripts).map(([name, body]) => ({ name: name as JobScript, lua: COMMON + body }));
