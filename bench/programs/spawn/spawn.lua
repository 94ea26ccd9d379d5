local wrap = coroutine.wrap

local function work(n)
  return n + 1
end

local function batch(base)
  local tasks = {}
  for i = 1, 100 do tasks[i] = wrap(work) end
  local sum = 0
  for i = 1, 100 do sum = sum + tasks[i](base + i) end
  return sum
end

local sum = 0
for b = 1, 20000 do sum = sum + batch(b) end
print(string.format("%d", sum))
