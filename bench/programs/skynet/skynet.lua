local sched = dofile((arg[0]:match("^.*/") or "./") .. "../sched.lua")
local spawn, send, receive, channel = sched.spawn, sched.send, sched.receive, sched.channel

local function skynet(parent, number, size)
  if size == 1 then
    send(parent, number)
    return
  end
  local children = channel()
  local share = size / 10
  for i = 0, 9 do
    spawn(function() skynet(children, number + i * share, share) end)
  end
  local sum = 0
  for _ = 0, 9 do sum = sum + receive(children) end
  send(parent, sum)
end

local leaves = tonumber(arg[1])

sched.run(function()
  local total = 0
  for _ = 1, 2 do
    local root = channel()
    spawn(function() skynet(root, 0, leaves) end)
    total = total + receive(root)
  end
  print(string.format("%d", total))
end)
