-- An expression is {tag, number} or {tag, left, right}.
local NUMBER, VARIABLE, ADD, MAX, MULTIPLY = 1, 2, 3, 4, 5
local variable = { VARIABLE }

local function make(depth, kind)
  if depth == 0 then
    if kind % 4 == 0 then return variable end
    return { NUMBER, kind % 7 }
  end
  local left = make(depth - 1, kind * 2 + 1)
  local right = make(depth - 1, kind * 3 + 2)
  if kind % 3 == 0 then return { ADD, left, right } end
  if kind % 3 == 1 then return { MAX, left, right } end
  return { MULTIPLY, left, right }
end

local function simplifyAdd(left, right)
  if left[1] == NUMBER then
    if left[2] == 0 then return right end
    if right[1] == NUMBER then
      if right[2] == 0 then return left end
      return { NUMBER, left[2] + right[2] }
    end
  elseif right[1] == NUMBER and right[2] == 0 then
    return left
  end
  return { ADD, left, right }
end

local function simplifyMax(left, right)
  if right[1] == NUMBER then
    if left[1] == NUMBER then
      if left[2] < right[2] then return right end
      return left
    end
    if right[2] == 0 then return left end
  end
  return { MAX, left, right }
end

local function simplifyMultiply(left, right)
  if left[1] == NUMBER then
    if left[2] == 0 then return { NUMBER, 0 } end
    if right[1] == NUMBER and right[2] == 0 then return { NUMBER, 0 } end
    if left[2] == 1 then return right end
    if right[1] == NUMBER and right[2] == 1 then return left end
  elseif right[1] == NUMBER then
    if right[2] == 0 then return { NUMBER, 0 } end
    if right[2] == 1 then return left end
  end
  return { MULTIPLY, left, right }
end

local function simplify(e)
  local tag = e[1]
  if tag <= VARIABLE then return e end
  local left, right = simplify(e[2]), simplify(e[3])
  if tag == ADD then return simplifyAdd(left, right) end
  if tag == MAX then return simplifyMax(left, right) end
  return simplifyMultiply(left, right)
end

local function evaluate(e, x)
  local tag = e[1]
  if tag == NUMBER then return e[2] end
  if tag == VARIABLE then return x end
  local a, b = evaluate(e[2], x), evaluate(e[3], x)
  if tag == ADD then return a + b end
  if tag == MAX then
    if a < b then return b end
    return a
  end
  return a * b % 1009
end

local tree = make(14, 1)
local sum = 0
for x = 1, 100 do
  local simple = simplify(tree)
  sum = sum + evaluate(tree, x) + evaluate(simple, x)
end
print(string.format("%d", sum))
