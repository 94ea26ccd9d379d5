local function before(a, b)
  if a.age ~= b.age then return a.age < b.age end
  return a.number < b.number
end

local x, sum = 42, 0
for round = 1, 4 do
  local list = {}
  for i = 1, 50000 do
    x = x * 16807 % 2147483647
    list[i] = { age = x % 100, number = x }
  end
  table.sort(list, before)
  sum = sum + list[1].number + list[25001].number * 2 + list[50000].number * 3
end
print(string.format("%d", sum))
