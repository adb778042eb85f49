-- Takes or keeps the right to poll for a caller. It returns whether this replica has it, for how many milliseconds it or another one
-- has it, and the number of changes.
--
-- ARGV: the replica; the life of the lease in milliseconds; how long another replica may have it that it is taken from; the number of
-- changes of a new entry, which is random, so that no replica takes it for that of a lost one. Fields: h, the replica that leads; n, the number of changes.
local key, replica, life = KEYS[1], ARGV[1], tonumber(ARGV[2])
local within, longest = tonumber(ARGV[3]), 3600000

local changes, holder
local kind = redis.call('TYPE', key)['ok']
if kind == 'hash' then
  holder = redis.call('HGET', key, 'h')
  changes = string.match(redis.call('HGET', key, 'n') or '', '^%d+$')
  if changes and #changes > 14 then
    changes = nil
  end
end
local left = redis.call('PTTL', key)
if changes and holder and holder ~= replica and left > math.max(0, within) and left <= longest then
  return {0, left, tonumber(changes)}
end
if not changes then
  redis.call('DEL', key)
  changes = ARGV[4]
end
redis.call('HSET', key, 'h', replica, 'n', changes)
redis.call('PEXPIRE', key, life)
return {1, life, tonumber(changes)}
