local function make_line(n)
  local line = ""
  for k = 1, 10 do
    line = line .. n * k .. ","
  end
  return line
end

local length = 0
local greatest = ""
for n = 1, 300000 do
  local line = make_line(n)
  length = length + #line
  if line > greatest then greatest = line end
end
print(string.format("%d", length))
print(greatest)
