-- Returns the text with a hash, or an empty one if the value is longer than a text may be. ARGV: the hash; the maximum length.
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind == 'none' then
  return false
end
if kind ~= 'hash' or redis.call('HSTRLEN', KEYS[1], ARGV[1]) > tonumber(ARGV[2]) then
  return ''
end
return redis.call('HGET', KEYS[1], ARGV[1])
