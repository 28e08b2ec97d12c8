// The rehearsal's test: 100 iterations a second over four endpoints of the staging API, for 15 s. It logs in once, for
// all shards, and out once at the end.
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';

const base = __ENV.BASE_URL;
const duration = __ENV.REHEARSAL_DURATION || '15s';

export const options = {
  scenarios: {
    shop: {
      executor: 'constant-arrival-rate', rate: 100, timeUnit: '1s', duration,
      preAllocatedVUs: 30, maxVUs: 60,
    },
  },
  thresholds: {
    'http_req_duration{name:checkout}': ['p(95)<800'],
    checks: ['rate>0.95'],
  },
};

export function setup() {
  const headers = __ENV.API_TOKEN ? { 'X-Api-Token': __ENV.API_TOKEN } : {};
  const login = http.post(`${base}/login`, null, { headers, tags: { name: 'login' } });
  return { user: login.json('user') };
}

const requests = [
  (params) => http.get(`${base}/products`, params('products')),
  (params) => http.get(`${base}/products/7`, params('product')),
  (params) => http.post(`${base}/cart`, '{"product":7}', params('cart')),
  (params) => http.get(`${base}/checkout`, params('checkout')),
];

export default function (session) {
  const params = (name) => ({ headers: { Authorization: session.user }, tags: { name } });
  const response = requests[exec.scenario.iterationInTest % requests.length](params);
  check(response, { 'status is 200': (r) => r.status === 200 });
}

export function teardown(session) {
  http.post(`${base}/logout`, null, { headers: { Authorization: session.user }, tags: { name: 'logout' } });
}
