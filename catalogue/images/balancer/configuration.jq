# The configuration of HAProxy, from what a function's manager is told (docs/howto/function-life-cycle.md). Who connects to a
# replica's address is led to one of all that are on that network, by the same family of addresses. HAProxy's own checks would not
# come from an address that anybody answers: each connection finds out by itself, and goes to the next.

def family: if contains(":") then "ipv6" else "ipv4" end;
def bracketed: if contains(":") then "[\(.)]" else . end;

# Where pods are: one item for each address.
def places: map(.pod as $pod | .addresses[] | .network as $network | (.ipv4, .ipv6) | values
  | { pod: $pod, network: $network, address: ., family: family });

(.peers // {}) as $peers
| [ (.chains // [])[] | ($peers[.to] // []) | places | group_by([.network, .family])[] ]
| unique as $groups
| "global
  description \($stamp)
  stats socket \($socket) level admin
  fd-hard-limit 20000
defaults
  mode tcp
  balance \($balance)
  source 0.0.0.0 usesrc clientip
  timeout connect 1s
  timeout client 1h
  timeout server 1h
  retries 3
  option redispatch 1
frontend in
  bind 0.0.0.0:\($port) transparent
  bind :::\($port) transparent v6only",
  ($groups | to_entries[] | "  use_backend to\(.key) if { dst \([.value[].address] | join(" ")) }"),
  ($groups | to_entries[] | "backend to\(.key)", (.value[] | "  server \(.pod) \(.address | bracketed)"))
