-- Gives up the right to poll for a caller. The number of changes stays as long as it would have. ARGV: the replica.
if redis.call('TYPE', KEYS[1])['ok'] == 'hash' and redis.call('HGET', KEYS[1], 'h') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'h')
end
return 0
