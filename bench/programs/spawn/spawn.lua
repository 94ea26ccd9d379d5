local wrap = coroutine.wrap

local function work(n)
  return n + 1
end

local function batch(base, size)
  local tasks = {}
  for i = 1, size do tasks[i] = wrap(work) end
  local sum = 0
  for i = 1, size do sum = sum + tasks[i](base + i) end
  return sum
end

local size = tonumber(arg[1])
local sum = 0
for b = 1, 2000000 / size do sum = sum + batch(b, size) end
print(string.format("%d", sum))
