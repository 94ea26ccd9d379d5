local function next_random(x) return x * 16807 % 2147483647 end

local counts, keys = {}, {}
local x = 42
for i = 1, 1000000 do
  x = next_random(x)
  local key = "word-" .. x % 100000
  local old = counts[key]
  if old then counts[key] = old + 1 else counts[key] = 1; keys[#keys + 1] = key end
end
local sum = 0
for round = 1, 20 do
  for i = 1, #keys do sum = sum + counts[keys[i]] end
end
print(string.format("%d %d", #keys, sum))
