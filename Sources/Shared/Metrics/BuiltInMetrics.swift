/// The types of k6's own metrics, so that a threshold that can never be judged is refused before the load starts.
package let builtInMetricTypes: [String: MetricType] = [
  "vus": .gauge, "vus_max": .gauge, "iterations": .counter, "iteration_duration": .trend,
  "dropped_iterations": .counter, "checks": .rate, "group_duration": .trend, "data_sent": .counter,
  "data_received": .counter, "http_reqs": .counter, "http_req_failed": .rate, "http_req_duration": .trend,
  "http_req_blocked": .trend, "http_req_connecting": .trend, "http_req_tls_handshaking": .trend,
  "http_req_sending": .trend, "http_req_waiting": .trend, "http_req_receiving": .trend,
  "ws_sessions": .counter,
  "ws_msgs_sent": .counter, "ws_msgs_received": .counter, "ws_ping": .trend, "ws_session_duration": .trend,
  "ws_connecting": .trend, "grpc_req_duration": .trend,
]
