// The rehearsal's test: 100 iterations a second over four endpoints of the staging API, for 15 s.
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

const requests = [
  () => http.get(`${base}/products`, { tags: { name: 'products' } }),
  () => http.get(`${base}/products/7`, { tags: { name: 'product' } }),
  () => http.post(`${base}/cart`, '{"product":7}', { tags: { name: 'cart' } }),
  () => http.get(`${base}/checkout`, { tags: { name: 'checkout' } }),
];

export default function () {
  const response = requests[exec.scenario.iterationInTest % requests.length]();
  check(response, { 'status is 200': (r) => r.status === 200 });
}
