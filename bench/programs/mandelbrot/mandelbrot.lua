local function iterate(cr, ci, limit)
  local a, b, aa, bb, count = 0.0, 0.0, 0.0, 0.0, 0
  while count < limit and aa + bb <= 4.0 do
    b = 2.0 * a * b + ci
    a = aa - bb + cr
    aa = a * a
    bb = b * b
    count = count + 1
  end
  return count
end

local function mandelbrot(side, limit)
  local total = 0
  local scale = 2.0 / side
  for y = 0, side - 1 do
    local ci = y * scale - 1.0
    for x = 0, side - 1 do
      total = total + iterate(x * scale - 1.5, ci, limit)
    end
  end
  return total
end

print(string.format("%d", mandelbrot(800, 100)))
