-- Adds a replica to those that have been seen in the last seconds, and returns their number. ARGV: the replica; its life in seconds.
local key, now, life = KEYS[1], tonumber(redis.call('TIME')[1]), tonumber(ARGV[2])
local kind = redis.call('TYPE', key)['ok']
if kind ~= 'none' and kind ~= 'zset' then
  redis.call('DEL', key)
end
redis.call('ZADD', key, now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', key, '-inf', now - life)
redis.call('ZREMRANGEBYSCORE', key, '(' .. now, '+inf') -- the clock may have been set back
redis.call('EXPIRE', key, life)
return redis.call('ZCARD', key)
