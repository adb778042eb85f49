-- Adds a text, in the place of any other if there are too many. ARGV: the hash; the text; the maximum number of texts; their life in
-- seconds.
local key, hash = KEYS[1], ARGV[1]
local kind = redis.call('TYPE', key)['ok']
if kind ~= 'none' and kind ~= 'hash' then
  redis.call('DEL', key)
end
if redis.call('HEXISTS', key, hash) == 0 and redis.call('HLEN', key) >= tonumber(ARGV[3]) then
  redis.call('HDEL', key, redis.call('HRANDFIELD', key))
end
redis.call('HSET', key, hash, ARGV[2])
redis.call('EXPIRE', key, ARGV[4])
return 1
