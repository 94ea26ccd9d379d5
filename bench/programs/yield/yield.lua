local wrap, yield = coroutine.wrap, coroutine.yield

local function count(limit)
  for i = 1, limit do yield(i) end
end

local sum = 0
for x in wrap(function() count(15000000) end) do sum = sum + x end
print(string.format("%d", sum))
