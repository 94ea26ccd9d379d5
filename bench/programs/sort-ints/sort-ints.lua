local x, sum = 42, 0
for round = 1, 5 do
  local list = {}
  for i = 1, 300000 do
    x = x * 16807 % 2147483647
    list[i] = x
  end
  table.sort(list)
  sum = sum + list[1] + list[150001] * 2 + list[300000] * 3
end
print(string.format("%d", sum))
