local sched = dofile((arg[0]:match("^.*/") or "./") .. "../sched.lua")
local send, receive = sched.send, sched.receive

local number = tonumber(arg[1]) or 1000000

local function inner(gate, report)
  send(report, 0)
  local v = receive(gate)
  return v
end

local function outer(gate, report)
  return inner(gate, report) + 1
end

sched.run(function()
  local gate, report = sched.channel(), sched.channel()
  local sum = 0
  local function parked() send(report, outer(gate, report)) end
  for _ = 1, number do sched.spawn(parked) end
  for _ = 1, number do sum = sum + receive(report) end
  for i = 1, number do
    send(gate, i)
    sum = sum + receive(report)
  end
  print(string.format("%d", sum))
end)
