-- Replaces a claim, or one that the server has lost, but no other. ARGV: the claim; its replacement; the life of that in milliseconds;
-- the last byte to read.
local claim = redis.pcall('GETRANGE', KEYS[1], 0, ARGV[4])
if claim == '' or claim == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 0
