local sqrt = math.sqrt

local SOLAR_MASS = 39.47841760435743
local YEAR = 365.24

local bodies = {
  { x = 0.0, y = 0.0, z = 0.0, vx = 0.0, vy = 0.0, vz = 0.0, mass = SOLAR_MASS },
  {
    x = 4.841431442464721, y = -1.1603200440274284, z = -0.10362204447112311,
    vx = 0.001660076642744037 * YEAR, vy = 0.007699011184197404 * YEAR, vz = -0.0000690460016972063 * YEAR,
    mass = 0.0009547919384243266 * SOLAR_MASS,
  },
  {
    x = 8.34336671824458, y = 4.124798564124305, z = -0.4035234171143214,
    vx = -0.002767425107268624 * YEAR, vy = 0.004998528012349172 * YEAR, vz = 0.00002304172975737639 * YEAR,
    mass = 0.0002858859806661308 * SOLAR_MASS,
  },
  {
    x = 12.894369562139131, y = -15.111151401698631, z = -0.22330757889265573,
    vx = 0.002964601375647616 * YEAR, vy = 0.0023784717395948095 * YEAR, vz = -0.000029658956854023756 * YEAR,
    mass = 0.00004366244043351563 * SOLAR_MASS,
  },
  {
    x = 15.379697114850917, y = -25.919314609987964, z = 0.17925877295037118,
    vx = 0.0026806777249038932 * YEAR, vy = 0.001628241700382423 * YEAR, vz = -0.00009515922545197159 * YEAR,
    mass = 0.00005151389020466115 * SOLAR_MASS,
  },
}

local function offset_momentum(group)
  local px, py, pz = 0.0, 0.0, 0.0
  for i = 1, #group do
    local a = group[i]
    px = px + a.vx * a.mass
    py = py + a.vy * a.mass
    pz = pz + a.vz * a.mass
  end
  local sun = group[1]
  sun.vx = -px / sun.mass
  sun.vy = -py / sun.mass
  sun.vz = -pz / sun.mass
end

local function energy(group)
  local e = 0.0
  local last = #group
  for i = 1, last do
    local a = group[i]
    e = e + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, last do
      local b = group[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      e = e - a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end

-- The velocity of the outer body is kept in locals across the inner loop, the
-- fastest form for Lua; the arithmetic and its order are those of the others.
local function advance(group, dt)
  local last = #group
  for i = 1, last do
    local a = group[i]
    local ax, ay, az, am = a.x, a.y, a.z, a.mass
    local vx, vy, vz = a.vx, a.vy, a.vz
    for j = i + 1, last do
      local b = group[j]
      local dx, dy, dz = ax - b.x, ay - b.y, az - b.z
      local dd = dx * dx + dy * dy + dz * dz
      local mag = dt / (dd * sqrt(dd))
      local mb, ma = b.mass * mag, am * mag
      vx = vx - dx * mb
      vy = vy - dy * mb
      vz = vz - dz * mb
      b.vx = b.vx + dx * ma
      b.vy = b.vy + dy * ma
      b.vz = b.vz + dz * ma
    end
    a.vx, a.vy, a.vz = vx, vy, vz
  end
  for i = 1, last do
    local a = group[i]
    a.x = a.x + dt * a.vx
    a.y = a.y + dt * a.vy
    a.z = a.z + dt * a.vz
  end
end

offset_momentum(bodies)
print(string.format("%.9f", energy(bodies)))
for _ = 1, 400000 do advance(bodies, 0.01) end
print(string.format("%.9f", energy(bodies)))
