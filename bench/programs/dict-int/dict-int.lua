local function next_random(x) return x * 16807 % 2147483647 end

local counts, size = {}, 0
local x = 42
for i = 1, 2000000 do
  x = next_random(x)
  local key = x % 200000 * 10007
  local old = counts[key]
  if old then counts[key] = old + 1 else counts[key] = 1; size = size + 1 end
end
local sum = 0
for i = 1, 4000000 do
  x = next_random(x)
  sum = sum + (counts[x % 400000 * 10007] or 0)
end
print(string.format("%d %d", size, sum))
