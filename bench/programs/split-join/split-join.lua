local list, x = {}, 42
for i = 1, 100000 do
  x = x * 16807 % 2147483647
  list[i] = string.format("%d", x)
end
local line = table.concat(list, ",")
local total = 0
for round = 1, 60 do
  local parts, n = {}, 0
  for part in string.gmatch(line, "[^,]+") do
    n = n + 1
    parts[n] = part
  end
  local joined = table.concat(parts, ";")
  total = total + #parts + #joined + #parts[round + 1]
end
print(string.format("%d", total))
