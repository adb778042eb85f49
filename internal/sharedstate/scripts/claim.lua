-- Claims a key. It returns the claim of another replica with its milliseconds left, or otherwise the freed claim that was there, if
-- any. A running claim of the same replica is one whose end was lost.
--
-- ARGV: the new claim; its life in milliseconds; the last byte to read; the length of the part that names the replica.
local claim = redis.pcall('GETRANGE', KEYS[1], 0, ARGV[3])
if type(claim) ~= 'string' then
  return {'?', 0}
end
local own = tonumber(ARGV[4])
if string.sub(claim, 1, own) == string.sub(ARGV[1], 1, own) then
  claim = ''
end
if claim ~= '' and claim ~= 'f' then
  return {claim, redis.call('PTTL', KEYS[1])}
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {claim, 0}
