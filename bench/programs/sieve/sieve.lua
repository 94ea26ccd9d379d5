local function sieve(flags, n)
  local count = 0
  for i = 2, n do flags[i] = true end
  for i = 2, n do
    if flags[i] then
      count = count + 1
      for k = i * i, n, i do flags[k] = false end
    end
  end
  return count
end

local limit = 1000000
local flags = {}
for i = 1, limit do flags[i] = false end
local total = 0
for _ = 1, 15 do
  total = total + sieve(flags, limit)
end
print(string.format("%d", total))
