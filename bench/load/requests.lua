-- Sends prepared requests with wrk: each thread reads its share of a file of heads (a NUL after
-- each) and adds the same body to all. Prints one line of JSON at the end.
--
-- Arguments: file of heads, number of threads, file of the body or "".

local threads = {}

function setup(thread)
  thread:set("index", #threads)
  table.insert(threads, thread)
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function init(args)
  local count = tonumber(args[2])
  heads = {}
  local position = 0
  for head in string.gmatch(read(args[1]), "[^%z]+") do
    if position % count == index then heads[#heads + 1] = head end
    position = position + 1
  end
  body = args[3] and args[3] ~= "" and read(args[3]) or nil
  at = 0
  sent = 0
  prepared = #heads
  -- CPU time of the whole process, so far spent on reading.
  clock = os.clock()
end

function request()
  -- wrk asks the first thread once for a request that it only looks at.
  if index == 0 and not asked then
    asked = true
    return heads[1] .. (body or "")
  end
  at = at % #heads + 1
  sent = sent + 1
  return body and heads[at] .. body or heads[at]
end

function done(summary, latency)
  local cpu = os.clock()
  local clock, sent, prepared = 0, 0, 0
  for _, thread in ipairs(threads) do
    clock = math.max(clock, thread:get("clock"))
    sent = sent + thread:get("sent")
    prepared = prepared + thread:get("prepared")
  end
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"durationUs":%d,"bytes":%d,"badStatus":%d,"socketErrors":%d,"p50Us":%d,"p99Us":%d,"cpuUs":%d,"sent":%d,"prepared":%d}',
    summary.requests, summary.duration, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99), (cpu - clock) * 1000000, sent, prepared))
end
