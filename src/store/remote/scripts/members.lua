local time = redis.call('TIME')
local now = string.format('(%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local members = redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')
for index, member in ipairs(members) do members[index] = ':' .. member end
return members
