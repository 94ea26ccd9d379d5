-- n = 12000 keeps the result below 2^53, so that LuaJIT's doubles hold it exactly.
local function sum(n)
  local s = 0
  for i = 1, n do
    for j = 1, n do
      s = s + i * j
    end
  end
  return s
end

print(string.format("%d", sum(12000)))
