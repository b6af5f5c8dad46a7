local current = redis.call('GET', KEYS[1])
if ARGV[3] == '1' and current == ARGV[4] then return 1 end
if ARGV[1] == '1' and current ~= ARGV[2] or ARGV[1] == '0' and current then return 0 end
if ARGV[3] == '0' then redis.call('DEL', KEYS[1])
elseif ARGV[5] == '' then redis.call('SET', KEYS[1], ARGV[4])
else redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5]) end
return 1
