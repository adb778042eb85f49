-- Adds a replica to those that have been seen in the last seconds, and returns their number.
local now = tonumber(redis.call('TIME')[1])
local life = tonumber(ARGV[2])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - life)
redis.call('EXPIRE', KEYS[1], life)
return redis.call('ZCARD', KEYS[1])
