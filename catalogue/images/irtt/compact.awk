# Makes one line of what `irtt client -o -` (0.9) prints of a run: a tenth of its size, so that a bounded log reaches
# back ten times as far. The delays stay as they were measured; nothing is computed here.
#
#   {"boot":"…","start":1795314861704,"every":200,"planned":25,"to":"10.89.0.5:2112","missed":0,
#    "packets":[[59802,67721],"up","lost",…]}
#
# start: milliseconds since 1970; every: milliseconds; missed: packets left out because the sender came too late; the
# two delays of a packet, to the reflector and back: nanoseconds; "up", "down", "lost": lost on the way there, on the
# way back, who knows. Without any answer: "error" and its reason instead of "to", "missed" and "packets". boot: which
# running kernel keeps the sender's clock. Ends with 1 when the run did not go to its end.

function value(text) {
  gsub(/[",]/, "", text)
  return text
}

function packet(text) {
  packets = packets (count++ ? "," : "") text
}

/^    "stats"/ { stats = 1 }
/^    "round_trips"/ { stats = 0 }
/^        "remote_address"/ { to = value($2) }
stats && /^        "timer_misses"/ { missed = value($2) }
/^            "lost"/ { lost = value($2) }
/^            "delay": [{][}]/ { packet(lost == "true_up" ? "\"up\"" : lost == "true_down" ? "\"down\"" : "\"lost\"") }
/^            "delay": [{]$/ { delay = 1; next }
delay && /"send"/ { there = value($2) }
delay && /"receive"/ { back = value($2) }
delay && /[}]/ { packet("[" there "," back "]"); delay = 0 }
/^Error: / { error = substr($0, 8, 200) }

END {
  head = sprintf("{\"boot\":\"%s\",\"start\":%s,\"every\":%s,\"planned\":%s", boot, start, every, planned)
  if (count) {
    printf "%s,\"to\":\"%s\",\"missed\":%s,\"packets\":[%s]}\n", head, to, missed, packets
  } else {
    gsub(/["\\[:cntrl:]]/, " ", error)
    printf "%s,\"error\":\"%s\"}\n", head, error == "" ? "irtt ended without a result" : error
  }
  exit count == 0 || count + missed < planned
}
