local sched = dofile((arg[0]:match("^.*/") or "./") .. "../sched.lua")
local send, receive = sched.send, sched.receive

local function echo(there, back, times)
  for _ = 1, times do
    local v = receive(there)
    send(back, v + 1)
  end
end

sched.run(function()
  local there, back = sched.channel(), sched.channel()
  local times = 1000000
  local sum = 0
  sched.spawn(function() echo(there, back, times) end)
  for i = 1, times do
    send(there, i)
    sum = sum + receive(back)
  end
  print(string.format("%d", sum))
end)
