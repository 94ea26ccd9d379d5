local x, text = 42, ""
for round = 1, 4 do
  local list = {}
  for i = 1, 100000 do
    x = x * 16807 % 2147483647
    list[i] = "item-" .. x % 1000 .. "-" .. x
  end
  table.sort(list)
  text = text .. list[1] .. " " .. list[50001] .. " " .. list[100000] .. ";"
end
print(text)
