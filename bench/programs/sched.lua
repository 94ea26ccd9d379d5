-- A cooperative scheduler with rendezvous channels on plain Lua coroutines: what a
-- Lua programmer must write to have what Qi and Go build in. Used by channel,
-- skynet and parked. One FIFO run queue; a parked coroutine is held only by the
-- channel that it waits on. Works on LuaJIT and on Lua 5.4.

local create, resume, yield = coroutine.create, coroutine.resume, coroutine.yield

local sched = {}

local queue, values, head, tail = {}, {}, 1, 0
local current

local function ready(co, value)
  tail = tail + 1
  queue[tail], values[tail] = co, value
end

function sched.spawn(f)
  ready(create(f))
end

-- Runs f and everything it spawns until nothing is ready.
function sched.run(f)
  ready(create(f))
  while head <= tail do
    local co, value = queue[head], values[head]
    queue[head], values[head] = nil, nil
    head = head + 1
    if head > tail then head, tail = 1, 0 end
    current = co
    local ok, message = resume(co, value)
    if not ok then error(message, 0) end
  end
end

-- A channel holds waiting senders (with their values) or waiting receivers, never both.
function sched.channel()
  return { head = 1, tail = 0, receivers = false, cos = {}, values = {} }
end

local function park(channel, value)
  local t = channel.tail + 1
  channel.tail = t
  channel.cos[t], channel.values[t] = current, value
  return yield()
end

local function unpark(channel)
  local h = channel.head
  local co, value = channel.cos[h], channel.values[h]
  channel.cos[h], channel.values[h] = nil, nil
  if h == channel.tail then
    channel.head, channel.tail = 1, 0
  else
    channel.head = h + 1
  end
  return co, value
end

function sched.send(channel, value)
  if channel.tail > 0 and channel.receivers then
    ready(unpark(channel), value)
  else
    channel.receivers = false
    park(channel, value)
  end
end

function sched.receive(channel)
  if channel.tail > 0 and not channel.receivers then
    local co, value = unpark(channel)
    ready(co)
    return value
  end
  channel.receivers = true
  return park(channel)
end

return sched
