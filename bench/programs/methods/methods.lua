local Random = {}
Random.__index = Random

function Random:next()
  local state = (self.state * 3877 + 29573) % 139968
  self.state = state
  return state
end

local Statistics = {}
Statistics.__index = Statistics

function Statistics:record(value)
  self.count = self.count + 1
  self.sum = self.sum + value
  if self:greater(value) then self.greatest = value end
end

function Statistics:greater(value)
  return value > self.greatest
end

function Statistics:mean()
  return (self.sum - self.sum % self.count) / self.count
end

local Sample = {}
Sample.__index = Sample

function Sample:step()
  self.result:record(self.source:next())
end

local sample = setmetatable({
  source = setmetatable({ state = 42 }, Random),
  result = setmetatable({ count = 0, sum = 0, greatest = 0 }, Statistics),
}, Sample)
for i = 1, 5000000 do sample:step() end
local result = sample.result
print(string.format("%d %d %d %d", result.count, result.sum, result.greatest, result:mean()))
