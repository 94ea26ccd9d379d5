local function counter(step)
  local n = 0
  return function()
    n = (n + step) % 1000003
    return n
  end
end

local function add(n)
  return function(x) return x + n end
end

local function chain(f, g)
  return function(x) return g(f(x)) end
end

local function times(n, act)
  for i = 1, n do act(i) end
end

local sum = 0
local a, b = counter(3), counter(7)
times(2000000, function(i) sum = (sum + a() * i + b()) % 1000003 end)
for i = 1, 1000000 do
  local f = chain(add(i), add(1))
  sum = (sum + f(i)) % 1000003
end
print(string.format("%d", sum))
