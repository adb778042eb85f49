-- Counts a change of a caller if there is a lease, and tells all replicas. ARGV: the channel; the message before and after the number,
-- which is 0 without a lease or if the server is full.
local key, number = KEYS[1], 0
if redis.call('TYPE', key)['ok'] == 'hash' and redis.call('HEXISTS', key, 'n') == 1 then
  local counted = redis.pcall('HINCRBY', key, 'n', 1)
  if type(counted) == 'number' then
    number = counted
  end
end
redis.call('PUBLISH', ARGV[1], ARGV[2] .. number .. ARGV[3])
return number
