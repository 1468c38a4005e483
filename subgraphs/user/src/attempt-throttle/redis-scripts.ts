/** Keys of one attempt: the account's count, the account's attempts under way, the address's count. An empty one is not counted. */
const clock = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local account, underway, address = KEYS[1], KEYS[2], KEYS[3]
local counts = function(key) return string.sub(key, -1) ~= ':' end`;

/** ARGV: id of the attempt, how long it may be under way, free failures of the account, wait for a crowd. Answers milliseconds to wait; 0: admitted. */
export const enterScript = `${clock}
local id, longest, free, crowdWait = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local blocked = function(key) return math.max(0, tonumber(redis.call('HGET', key, 'blockedUntil') or '0') - now) end
local wait = 0
if counts(address) then wait = blocked(address) end
if not counts(account) then return wait end
wait = math.max(wait, blocked(account))
redis.call('ZREMRANGEBYSCORE', underway, '-inf', now)
local crowd = redis.call('ZCARD', underway)
local failures = tonumber(redis.call('HGET', account, 'failures') or '0')
if crowd > 0 and failures + crowd >= free then wait = math.max(wait, crowdWait) end
if wait == 0 then
  redis.call('ZADD', underway, string.format('%.0f', now + longest), id)
  redis.call('PEXPIRE', underway, longest)
end
return wait`;

/** ARGV: id of the attempt, its end, then free failures, window, first delay and longest delay of the account, and of the address. */
export const leaveScript = `${clock}
local id, ending = ARGV[1], ARGV[2]
local add = function(key, first)
  local free, window = tonumber(ARGV[first]), tonumber(ARGV[first + 1])
  local firstDelay, longestDelay = tonumber(ARGV[first + 2]), tonumber(ARGV[first + 3])
  local failures = redis.call('HINCRBY', key, 'failures', 1)
  if failures == 1 then redis.call('PEXPIRE', key, window) end
  if failures < free then return end
  local delay = math.min(firstDelay * 2 ^ (failures - free), longestDelay)
  redis.call('HSET', key, 'blockedUntil', string.format('%.0f', now + delay))
  redis.call('PEXPIRE', key, string.format('%.0f', delay + window))
end
if counts(account) then
  redis.call('ZREM', underway, id)
  if ending == 'succeeded' then redis.call('DEL', account) end
  if ending == 'failed' then add(account, 3) end
end
if counts(address) and ending == 'failed' then add(address, 7) end
return 0`;
