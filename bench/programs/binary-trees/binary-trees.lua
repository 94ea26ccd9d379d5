local function bottom_up(depth)
  if depth == 0 then return {} end
  return { bottom_up(depth - 1), bottom_up(depth - 1) }
end

local function count(tree)
  local left = tree[1]
  if left then
    return 1 + count(left) + count(tree[2])
  end
  return 1
end

local deepest = 15
print(string.format("%d", count(bottom_up(deepest + 1))))
local long_lived = bottom_up(deepest)
local trees = 32768
for depth = 4, deepest, 2 do
  local total = 0
  for _ = 1, trees do total = total + count(bottom_up(depth)) end
  print(string.format("%d %d %d", trees, depth, total))
  trees = trees / 4
end
print(string.format("%d", count(long_lived)))
