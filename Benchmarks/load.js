// The load of the benchmarks: requests as fast as the server answers.
import http from 'k6/http';

export const options = { thresholds: { http_req_duration: ['p(95)<800'], http_req_failed: ['rate<0.01'] } };

const url = `http://127.0.0.1:${__ENV.PORT}/`;

export default function () { http.get(url); }
