local function class(area, scaled)
  local c = { area = area, scaled = scaled }
  c.__index = c
  return c
end

local Square = class(
  function(self) return self.side * self.side end,
  function(self, by) return self.side * self.side * by * by end)
local Rectangle = class(
  function(self) return self.width * self.height end,
  function(self, by) return self.width * self.height * by * by end)
-- What is halved is even here, so `/` is exact.
local Triangle = class(
  function(self) return self.base * self.height / 2 end,
  function(self, by) return self.base * self.height / 2 * by * by end)
local Trapezium = class(
  function(self) return (self.top + self.base) * self.height / 2 end,
  function(self, by) return (self.top + self.base) * self.height / 2 * by * by end)

local function make(n)
  local kind = n % 4
  if kind == 0 then return setmetatable({ side = n }, Square) end
  if kind == 1 then return setmetatable({ width = n, height = 3 }, Rectangle) end
  if kind == 2 then return setmetatable({ base = n, height = 4 }, Triangle) end
  return setmetatable({ top = n, base = 5, height = 6 }, Trapezium)
end

local function total(shapes)
  local sum = 0
  for i = 1, #shapes do
    local shape = shapes[i]
    sum = sum + shape:area() + shape:scaled(2)
  end
  return sum
end

local function both(shape)
  return shape:area() + shape:scaled(2)
end

local shapes = {}
for n = 1, 1000 do shapes[n] = make(n) end
local sum = 0
for _ = 1, 2000 do sum = sum + total(shapes) end
local square = setmetatable({ side = 7 }, Square)
local rectangle = setmetatable({ width = 2, height = 9 }, Rectangle)
for _ = 1, 1000000 do sum = sum + both(square) - both(rectangle) end
print(string.format("%d", sum))
