"""The job with Python and orjson: a line at a time, a dictionary of series. Prints what simdjson.cpp prints."""
import datetime
import json
import struct
import sys
import time

import orjson

REPORT_TAGS = ("scenario", "group", "name", "method", "status", "expected_response", "check")
bits_of = struct.Struct("<Q").unpack
bytes_of = struct.Struct("<d").pack
seconds = {}


def nanoseconds(text):
    """RFC 3339; the date and the time of a second are read once."""
    second = seconds.get(text[:19])
    if second is None:
        instant = datetime.datetime.fromisoformat(text[:19]).replace(tzinfo=datetime.timezone.utc)
        second = seconds[text[:19]] = int(instant.timestamp()) * 1_000_000_000
    if text[-1] == "Z":
        return second + (int(text[20:-1].ljust(9, "0")) if text[19] == "." else 0)
    sign, fraction = (-1 if text[-6] == "+" else 1), text[20:-6] if text[19] == "." else "0"
    return second + int(fraction.ljust(9, "0")) + sign * (int(text[-5:-3]) * 60 + int(text[-2:])) * 60_000_000_000


class Series:
    __slots__ = ("metric", "type", "count", "sum", "min", "max", "passes", "buckets", "tenths")

    def __init__(self, metric, type):
        self.metric, self.type = metric, type
        self.count = self.passes = 0
        self.sum, self.min, self.max = 0.0, float("inf"), float("-inf")
        self.buckets, self.tenths = {}, {}


def ingest(text):
    types, series, lines = {}, {}, 0
    loads, tags_of_report = orjson.loads, REPORT_TAGS
    for line in text.splitlines():
        lines += 1
        read = loads(line)
        metric, data = read["metric"], read["data"]
        if read["type"] == "Metric":
            types[metric] = data["type"]
            continue
        tag = data["tags"].get
        key = (metric, *map(tag, tags_of_report))
        one = series.get(key)
        if one is None:
            one = series[key] = Series(metric, types[metric])
        at, value = nanoseconds(data["time"]), data["value"]
        one.count += 1
        one.sum += value
        if value < one.min:
            one.min = value
        if value > one.max:
            one.max = value
        if one.type == "trend":
            bucket = bits_of(bytes_of(value))[0] >> 42
            one.buckets[bucket] = one.buckets.get(bucket, 0) + 1
        elif one.type == "rate":
            one.passes += value != 0
        elif metric == "http_reqs" or metric == "iterations":
            tenth = at // 100_000_000
            one.tenths[tenth] = one.tenths.get(tenth, 0) + value
    return lines, series.values()


def main():
    with open(sys.argv[1], "rb") as stream:
        text = stream.read()
    start = time.process_time()
    lines, series = ingest(text)
    spent = time.process_time() - start
    counts = {}
    for one in series:
        counts[one.metric] = counts.get(one.metric, 0) + one.count
    print(json.dumps({
        "lines": lines, "bytes": len(text), "cpu_seconds": spent, "version": orjson.__version__,
        "checksum": {
            "counts": counts, "series": len(series), "passes": sum(one.passes for one in series),
            "buckets": sum(len(one.buckets) for one in series),
            "durations": sum(one.sum for one in series if one.metric == "http_req_duration"),
            "tenths": sum(sum(one.tenths.values()) for one in series)}}))


main()
