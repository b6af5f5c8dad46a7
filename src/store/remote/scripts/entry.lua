local value = redis.pcall('GET', KEYS[1])
if not value then return false end
if type(value) == 'string' then return {value, redis.call('PTTL', KEYS[1])} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = redis.call('ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', now), '+inf', 'WITHSCORES')
for index = 1, #found, 2 do
  local left = found[index + 1] == 'inf' and '' or string.format('%.0f', found[index + 1] - now)
  found[index], found[index + 1] = ':' .. found[index], ':' .. left
end
return found
