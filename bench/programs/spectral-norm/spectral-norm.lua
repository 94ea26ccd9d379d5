local function element(i, j)
  local d = i + j
  return 1.0 / (d * (d + 1) * 0.5 + i + 1)
end

-- Vectors are indexed from 1, the matrix from 0, as in the other languages.
local function times(v, out)
  local n = #v
  for i = 1, n do
    local sum = 0.0
    for j = 1, n do sum = sum + element(i - 1, j - 1) * v[j] end
    out[i] = sum
  end
end

local function times_transposed(v, out)
  local n = #v
  for i = 1, n do
    local sum = 0.0
    for j = 1, n do sum = sum + element(j - 1, i - 1) * v[j] end
    out[i] = sum
  end
end

local n = 640
local u, v, tmp = {}, {}, {}
for i = 1, n do
  u[i], v[i], tmp[i] = 1.0, 0.0, 0.0
end
for _ = 1, 10 do
  times(u, tmp)
  times_transposed(tmp, v)
  times(v, tmp)
  times_transposed(tmp, u)
end
local uv, vv = 0.0, 0.0
for i = 1, n do
  uv = uv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print(string.format("%.9f", math.sqrt(uv / vv)))
