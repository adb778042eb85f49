-- Merges what a replica knows of a caller's rate limit into the entry, and returns the entry, with the claims of other replicas and
-- whether its values could not be true.
--
-- ARGV: the replica; its claims, or -1 to only read; its limit, or -1 without a window; what remains; the earliest and the latest
-- end of the window. Fields: l and r, limit and remaining; e, the latest end; s, how much earlier the window may end; and for each
-- replica its claims and their end. Times are in milliseconds, ends by the clock of this server.
local key, replica, claims, limit = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local claimed, longest = 15000, 660000

local kind = redis.call('TYPE', key)['ok']
local valid = kind == 'hash' and redis.call('HLEN', key) <= 100
local known, count, over, others, last = {}, 0, {}, 0, 0
if valid then
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    local calls, ends = string.match(fields[i + 1], '^(%d+) (%d+)$')
    if not calls then
      known[fields[i]], count = tonumber(fields[i + 1]), count + 1
    elseif fields[i] == replica or tonumber(ends) <= now or tonumber(ends) > now + claimed then
      table.insert(over, fields[i])
    else
      others, last = others + math.min(tonumber(calls), 1000000), math.max(last, tonumber(ends))
    end
  end
end
local l, r, e, s = known.l, known.r, known.e, known.s
local garbage = not (kind == 'none' or valid and count == 0)
  and not (l and r and e and s and l <= 1000000000 and r >= 0 and r <= l and s >= 0 and e <= now + longest)
if garbage or not l or e <= now then
  l = nil
end

if limit >= 0 then
  local remaining, earliest, latest = tonumber(ARGV[4]), now + tonumber(ARGV[5]), now + tonumber(ARGV[6])
  local isFalse = l and earliest > now and latest < e - s -- the replica's window runs, and the entry is of a later one
  if not l or earliest > e or isFalse then
    l, r, e, s = limit, remaining, latest, latest - earliest
  elseif latest >= e - s then -- else it is the window before
    earliest = math.max(earliest, e - s)
    l, r, e = math.max(l, limit), math.min(r, remaining), math.min(e, latest)
    s = math.max(0, e - earliest)
  end
end

if claims >= 0 then
  if kind ~= 'none' and not valid then
    redis.call('DEL', key)
  end
  for _, name in ipairs(over) do
    redis.call('HDEL', key, name)
  end
  if l then
    redis.call('HSET', key, 'l', string.format('%d', l), 'r', string.format('%d', r), 'e', string.format('%d', e), 's', string.format('%d', s))
    last = math.max(last, e)
  end
  if claims > 0 then
    redis.call('HSET', key, replica, string.format('%d %d', claims, now + claimed))
    last = math.max(last, now + claimed)
  end
  redis.call('PEXPIRE', key, string.format('%d', math.max(1, last - now)))
end

if not l then
  return {0, 0, 0, 0, others, garbage and 1 or 0}
end
return {l, r, math.max(0, e - s - now), e - now, others, 0}
